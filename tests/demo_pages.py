"""The pages of the demo one looks at, for the tests of queries and for the bench."""

from apps.accounts.models import User
from apps.craft.models import Assignment
from apps.interviews.models import CalibrationItem, Candidacy, Candidate, Interview, Seat
from apps.library.models import Competency, Station
from apps.loops.models import LoopAudit, LoopPlan, Role
from apps.packets.models import Export, Packet


def demo_pages(reader: User) -> dict[str, str]:
    """Name and address of each page this person has, with the fullest thing of its kind."""
    pages = {
        "home": "/", "search": "/search/?q=a", "roles": "/roles/", "stations": "/stations/",
        "competencies": "/competencies/", "candidates": "/candidates/", "candidacies": "/candidacies/?state=all",
        "interviews": "/interviews/", "packets": "/packets/",
    }  # fmt: skip
    for name, rows in {
        "role": Role.objects.visible_to(reader).order_by("pk"),
        "plan": LoopPlan.objects.visible_to(reader).order_by("pk"),
        "draft": LoopPlan.objects.editable_by(reader).order_by("pk"),
        "station": Station.objects.usable().order_by("slug"),
        "competency": Competency.objects.order_by("slug"),
        "audit": LoopAudit.objects.visible_to(reader).order_by("pk"),
        "candidate": Candidate.objects.visible_to(reader).order_by("pk"),
        "candidacy": Candidacy.objects.visible_to(reader).order_by("pk"),
        "interview": Interview.objects.visible_to(reader).order_by("pk"),
    }.items():
        first = rows.first()
        if first is not None:
            pages[name] = first.get_absolute_url()
    if "role" in pages:
        pages["audits"] = f"{pages['role']}audits/"
    if "plan" in pages:
        pages |= {
            f"plan {word}": f"{pages['plan']}{word}/" for word in ("left-out", "alternatives", "compare", "what-if")
        }
    if "candidacy" in pages:
        pages["debrief"] = f"{pages['candidacy']}debrief/"
        pages["packets of one"] = f"{pages['candidacy']}packets/"
    if reader.is_leader and "role" in pages:
        pages |= {"panel rules": f"{pages['role']}panel/"}
        pages |= {"requirements": f"{pages['role']}requirements/", "generate": f"{pages['role']}generate/"}
        pages["audit new"] = f"{pages['role']}audits/new/"
    owed = Interview.objects.filter(seats__in=Seat.objects.owing().filter(interviewer=reader)).order_by("pk").first()
    if owed is not None:
        pages["sheet"] = f"{owed.get_absolute_url()}sheet/"
    pages |= {"profile": "/me/", "password": "/me/password/", "calibration": "/calibration-items/"}
    if reader.is_leader:
        pages["new calibration item"] = "/calibration-items/new/"
    pages["own calibration"] = f"/interviewers/{reader.pk}/calibration/"
    if reader.is_leader:
        pages["calibration in force"] = "/calibration/"
    if reader.runs_hiring:
        pages["scorecards"] = "/scorecards/"
    item = CalibrationItem.objects.visible_to(reader).order_by("pk").first()
    if item is not None:
        pages["calibration item"] = item.get_absolute_url()
    pages["review queue"] = "/stations/review/"
    if reader.is_leader and "station" in pages:
        pages |= {
            "new station": "/stations/new/", "station editor": f"{pages['station']}edit/",
            "review": f"{pages['station']}review/",
        }  # fmt: skip
    if reader.is_leader and "competency" in pages:
        pages["rubric editor"] = f"{pages['competency']}rubric/"
    if reader.runs_hiring:
        pages |= {"bulk packets": "/packets/bulk/?state=all", "import": "/candidates/import/"}
        pages["choose packets"] = "/packets/send/choose/"
        ready = Packet.objects.visible_to(reader).filter(state=Packet.State.DONE).order_by("pk").first()
        if ready is not None:
            pages |= {"packet": f"/packets/{ready.pk}/", "send packets": f"/packets/send/?packet={ready.pk}"}
        active = Candidacy.objects.open_to(reader).filter(state=Candidacy.State.ACTIVE).order_by("pk").first()
        pages |= {"move": f"{active.get_absolute_url()}move/"} if active else {}
    pages |= {"kits": "/craft/", "kit": "/craft/kits/retrieval-qa/"} if reader.is_leader else {}
    craft = Assignment.objects.result_open_to(reader).filter(record__isnull=False).order_by("pk").first()
    if craft is not None:
        pages |= {
            "kit of an interview": f"/interviews/{craft.interview_id}/craft/", "result": craft.get_absolute_url(),
            "guide of a variant": f"{craft.get_absolute_url()}guide/",
        }  # fmt: skip
    export = Export.objects.visible_to(reader).order_by("pk").first()
    if export is not None:
        pages["export"] = f"/packets/exports/{export.pk}/"
    if reader.is_staff:
        pages |= {
            "admin": "/admin/", "admin ratings": "/admin/interviews/rating/", "admin trail": "/admin/common/auditline/",
            "admin scorecards": "/admin/interviews/scorecard/", "admin training": "/admin/panel/training/",
        }  # fmt: skip
    return pages
