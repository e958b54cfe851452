"""Several packets as one file with an outline."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pikepdf

from apps.packets.render.fragments import open_fragment
from apps.packets.render.joining import graft

XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title></rdf:Description>
</rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


def merge(items: Iterable[tuple[str, Path]], *, title: str, target: Path) -> int:
    """Write packets, each a bookmark's title and its file, one after another to `target`. Returns the pages.

    A font that several files carry is kept once.
    """
    with pikepdf.new() as pdf:
        _begin(pdf, title)
        fonts: dict[bytes, Any] = {}
        for number, (name, path) in enumerate(items):
            fragment = open_fragment(path.read_bytes(), first=0, prefix=f"{number}-")
            begin = len(pdf.pages)
            graft(pdf, fragment, below=name)
            _share_fonts(pdf, begin, fonts)
        pages = len(pdf.pages)
        pdf.save(target, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return pages


def _begin(pdf: pikepdf.Pdf, title: str) -> None:
    """A tagged document without pages, as WeasyPrint begins one."""
    root = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.StructTreeRoot))
    document = pikepdf.Dictionary(Type=pikepdf.Name.StructElem, S=pikepdf.Name.Document, P=root, K=pikepdf.Array())
    root.K = pikepdf.Array([pdf.make_indirect(document)])
    root.ParentTree = pdf.make_indirect(pikepdf.Dictionary(Nums=pikepdf.Array()))
    pdf.Root.StructTreeRoot = root
    pdf.Root.MarkInfo = pikepdf.Dictionary(Marked=True)
    pdf.Root.Lang = pikepdf.String("en")
    pdf.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
    pdf.docinfo["/Title"] = pikepdf.String(title)
    metadata = pdf.make_stream(XMP.format(title=escape(title)).encode())
    metadata.Type, metadata.Subtype = pikepdf.Name.Metadata, pikepdf.Name.XML
    pdf.Root.Metadata = metadata


def _share_fonts(pdf: pikepdf.Pdf, begin: int, fonts: dict[bytes, Any]) -> None:
    """Point the new pages' font programs to the same ones of earlier pages."""
    seen = set()
    for page in list(pdf.pages)[begin:]:
        for font in _fonts_of(page.obj.Resources):
            if font.objgen in seen:
                continue
            seen.add(font.objgen)
            for one in font.get("/DescendantFonts", []):
                described = one.get("/FontDescriptor", pikepdf.Dictionary())
                for key in ("/FontFile2", "/FontFile3"):
                    if key in described:
                        content = hashlib.sha256(described[key].read_raw_bytes()).digest()
                        described[key] = fonts.setdefault(content, described[key])


def _fonts_of(resources: Any) -> list[Any]:
    found = list(resources.get("/Font", pikepdf.Dictionary()).values())
    for form in resources.get("/XObject", pikepdf.Dictionary()).values():
        found += _fonts_of(form.get("/Resources", pikepdf.Dictionary()))
    return found
