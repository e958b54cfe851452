"""One tagged PDF from a part of its own and pages that others have too.

The own part comes with one empty page at its end that bears the running lines (who it is for); they are put on every
shared page as a form, outside the structure, as running lines are.
"""

import io
from typing import Any

import pikepdf

from apps.packets.render.fragments import Fragment


def join(own: bytes, shared: Fragment) -> bytes:
    """`own` without its last page, then the shared pages with that page's running lines on them."""
    with pikepdf.open(io.BytesIO(own)) as pdf:
        running = pdf.pages[-1].as_form_xobject()
        _drop_last_page(pdf)
        graft(pdf, shared, running=running)
        return saved(pdf)


def alone(own: bytes) -> bytes:
    """A packet that shares nothing, in the same compact form."""
    with pikepdf.open(io.BytesIO(own)) as pdf:
        return saved(pdf)


def graft(pdf: pikepdf.Pdf, fragment: Fragment, *, running: Any = None, below: str = "") -> None:
    """Append a fragment's pages with their structure and bookmarks.

    The bookmarks stand below the document's first heading, or below a new one named `below`.
    """
    root = pdf.Root.StructTreeRoot
    document = root.K[0]
    begin = len(pdf.pages)
    for page, elements, owners in zip(
        list(fragment.pdf.pages)[fragment.first :], fragment.elements, fragment.owners, strict=True
    ):
        pdf.pages.append(page)
        added = pdf.pages[-1].obj
        number = next_key(pdf)
        added.StructParents = number
        for element in elements:
            copied = pdf.copy_foreign(element)
            copied.P = document
            document.K.append(copied)
        root.ParentTree.Nums.append(number)
        root.ParentTree.Nums.append(pdf.copy_foreign(owners))
        if running is not None:
            _put_over(pdf.pages[-1], running)
    _add_headings(pdf, fragment, begin, below)


def next_key(pdf: pikepdf.Pdf) -> int:
    """The first number that no page and no annotation of the structure uses."""
    nums = pdf.Root.StructTreeRoot.ParentTree.Nums
    return int(nums[len(nums) - 2]) + 1 if len(nums) else 0


def saved(pdf: pikepdf.Pdf) -> bytes:
    """The same bytes for the same contents."""
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def _drop_last_page(pdf: pikepdf.Pdf) -> None:
    page = pdf.pages[-1].obj
    root = pdf.Root.StructTreeRoot
    document = root.K[0]
    document.K = pikepdf.Array([element for element in document.K if element.Pg.objgen != page.objgen])
    nums, key = root.ParentTree.Nums, int(page.StructParents)
    kept = [part for at in range(0, len(nums), 2) if int(nums[at]) != key for part in (nums[at], nums[at + 1])]
    root.ParentTree.Nums = pikepdf.Array(kept)
    del pdf.pages[-1]


def _put_over(page: pikepdf.Page, form: Any) -> None:
    resources = dict(page.obj.Resources.items())
    forms = {**dict(resources.get("/XObject", pikepdf.Dictionary()).items()), "/Running": form}
    page.obj.Resources = pikepdf.Dictionary({**resources, "/XObject": pikepdf.Dictionary(forms)})
    page.contents_add(b"q", prepend=True)
    page.contents_add(b"Q /Artifact <</Type /Pagination>> BDC /Running Do EMC")


def _add_headings(pdf: pikepdf.Pdf, fragment: Fragment, begin: int, below: str) -> None:
    """As deep among themselves as they were."""
    with pdf.open_outline() as outline:
        if below:
            outline.root.append(pikepdf.OutlineItem(below, begin, pikepdf.PageLocation.Fit))
        top = outline.root[-1].children if outline.root else outline.root
        least = min((heading.depth for heading in fragment.headings), default=0)
        levels = [top]
        for heading in fragment.headings:
            item = pikepdf.OutlineItem(
                heading.title, begin + heading.page, pikepdf.PageLocation.XYZ, left=0, top=heading.top
            )
            depth = min(heading.depth - least, len(levels) - 1)
            levels[depth].append(item)
            del levels[depth + 1 :]
            levels.append(item.children)
