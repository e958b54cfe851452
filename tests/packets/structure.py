"""What a checker of PDF/UA asks of a file's structure, asked with pikepdf."""

from collections.abc import Iterator
from typing import Any

import pikepdf

# ISO 32000-1, 14.8.4: the standard structure types, as far as these documents may use them.
STANDARD = {
    "/Document", "/Part", "/Art", "/Sect", "/Div", "/BlockQuote", "/Caption", "/NonStruct", "/H1", "/H2", "/H3", "/H4",
    "/P", "/L", "/LI", "/Lbl", "/LBody", "/Table", "/TR", "/TH", "/TD", "/THead", "/TBody", "/TFoot", "/Span", "/Quote",
    "/Code", "/Link", "/Figure", "/Formula",
}  # fmt: skip


def structure_faults(pdf: pikepdf.Pdf) -> list[str]:
    """In words; none for a file whose structure holds together."""
    faults: list[str] = []
    root = pdf.Root.StructTreeRoot
    nums = root.ParentTree.Nums
    owners = {int(nums[at]): nums[at + 1] for at in range(0, len(nums), 2)}
    if len(owners) * 2 != len(nums):
        faults.append("a number stands twice in the parent tree")
    pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages, start=1)}
    claimed: dict[tuple[Any, int], Any] = {}
    identifiers: set[str] = set()
    wanted: set[str] = set()
    last_heading = 0
    for element, parent in _elements(root):
        if element.P.objgen != parent.objgen:
            faults.append(f"{element.S} does not know its parent")
        if str(element.S) not in STANDARD:
            faults.append(f"{element.S} is no standard type")
        if str(element.S) == "/Figure" and not str(element.get("/Alt", "")):
            faults.append("a figure without an alternative text")
        if str(element.S).startswith("/H") and str(element.S)[2:].isdigit():
            level = int(str(element.S)[2:])
            if level > last_heading + 1:
                faults.append(f"heading {level} after heading {last_heading}")
            last_heading = level
        if str(element.S) == "/TH" and str(element.get("/A", {}).get("/Scope", "")) not in ("/Row", "/Column"):
            faults.append("a head cell that does not say of what it is the head")
        if str(element.S) == "/Span" and not len(element.get("/K", [])):
            faults.append("a span that says nothing")
        if "/ID" in element:
            if str(element.ID) in identifiers:
                faults.append(f"identifier {element.ID} stands twice")
            identifiers.add(str(element.ID))
        if "/A" in element:
            wanted |= {str(header) for header in element.A.get("/Headers", [])}
        for kid in element.get("/K", []):
            if isinstance(kid, int):
                claimed[element.Pg.objgen, int(kid)] = element
    faults += [f"no head has the identifier {name}" for name in sorted(wanted - identifiers)]
    for page in pdf.pages:
        number = pages[page.obj.objgen]
        own = owners.get(int(page.obj.StructParents))
        if own is None:
            faults.append(f"page {number} is not in the parent tree")
            continue
        marked, loose = _marks(page)
        if loose:
            faults.append(f"page {number} paints {loose} times outside any mark")
        for mark in marked:
            element = claimed.pop((page.obj.objgen, mark), None)
            if element is None:
                faults.append(f"content {mark} of page {number} is in no element")
            elif own[mark].objgen != element.objgen:
                faults.append(f"content {mark} of page {number} has another owner in the parent tree")
    faults += [f"{element.S} names content {mark} that is on no page" for (_, mark), element in claimed.items()]
    return faults


def _elements(root: Any) -> Iterator[tuple[Any, Any]]:
    """In reading order, each with its parent."""
    waiting = [(element, root) for element in reversed(list(root.K))]
    while waiting:
        element, parent = waiting.pop()
        yield element, parent
        kids = [kid for kid in element.get("/K", []) if isinstance(kid, pikepdf.Dictionary) and "/S" in kid]
        waiting += [(kid, element) for kid in reversed(kids)]


def _marks(page: pikepdf.Page) -> tuple[list[int], int]:
    """The numbers of marked content on a page, and how often something is painted outside any mark."""
    found: list[int] = []
    loose, depth = 0, 0
    for instruction in pikepdf.parse_content_stream(page):
        operator = str(instruction.operator)
        if operator in ("BDC", "BMC"):
            depth += 1
            if operator == "BDC" and "/MCID" in instruction.operands[1]:
                found.append(int(instruction.operands[1].MCID))
        elif operator == "EMC":
            depth -= 1
        elif operator in ("Tj", "TJ", "f", "F", "f*", "S", "s", "B", "B*", "b", "b*", "Do", "sh") and not depth:
            loose += 1
    return found, loose
