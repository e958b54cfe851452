"""`python manage.py load_library [FOLDER]`: bring the database to what the library's files say."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from apps.library import actions
from apps.library.core.documents import DOCUMENTS, DocumentError, parse_library


class Command(BaseCommand):
    help = "Load frameworks, competencies, stations and role presets; run again without duplicates."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, default=settings.FIXTURES_DIR)

    def handle(self, *, folder: Path, **options: Any) -> None:
        if not folder.is_dir():
            raise CommandError(f"There is no folder {folder}.")
        try:
            files = {
                kind: {path.name: path.read_text(encoding="utf-8") for path in sorted((folder / kind).glob("*.yaml"))}
                for kind in DOCUMENTS
            }
            library = parse_library(files)
        except UnicodeDecodeError as error:
            raise CommandError(f"A file in {folder} is not UTF-8 ({error.reason}). Nothing was changed.") from error
        except DocumentError as error:
            lines = "\n".join(f"  - {problem}" for problem in error.problems)
            raise CommandError(f"{error.name} cannot be loaded:\n{lines}\nNothing was changed.") from error
        if not library.frameworks:
            raise CommandError(f"{folder} holds no frameworks/*.yaml.")
        report = actions.load_library(library=library, by=None, now=timezone.now())
        self.stdout.write(
            f"Library: {report.frameworks} frameworks, {report.competencies} competencies, "
            f"{report.stations} stations, {report.presets} role presets "
            f"({sum(report.new.values())} new or changed)."
        )
        for file, what in report.left_alone:
            self.stdout.write(f"Left alone: the {what} of {file}, for people changed it here.")
