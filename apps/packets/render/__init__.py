"""Contents to a PDF: templates, one style sheet, nothing fetched from anywhere.

Equal contents give equal bytes: no clock, no random identifier goes into the file. What is the same in many packets
(a station's guide, the interviews of a plan) is laid out once in each worker and joined to what is not.
"""

from apps.packets.render.html import LONGEST_TEXT, to_html
from apps.packets.render.merging import merge
from apps.packets.render.packet import Pdf, fingerprint, forget_shared_parts, to_pdf

__all__ = ["LONGEST_TEXT", "Pdf", "fingerprint", "forget_shared_parts", "merge", "to_html", "to_pdf"]
