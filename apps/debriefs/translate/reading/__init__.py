"""What the panel's ratings add up to, as the debrief's page shows it."""

from apps.debriefs.translate.reading.page import panel_reading
from apps.debriefs.translate.reading.whole import PanelReading

__all__ = ["PanelReading", "panel_reading"]
