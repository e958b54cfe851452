"""Reads about interviewers and their training."""

from collections import defaultdict

from apps.accounts.models import User
from apps.panel.models import Training


def trained_people() -> dict[int, frozenset[str]]:
    """Who is trained to run a station (their ids as text), per station with any training on record."""
    people: dict[int, set[str]] = defaultdict(set)
    for station_id, interviewer_id, stage, is_active in Training.objects.order_by("pk").values_list(
        "station_id", "interviewer_id", "stage", "interviewer__is_active"
    ):
        trained = people[station_id]
        if stage == Training.Stage.TRAINED and is_active:
            trained.add(str(interviewer_id))
    return {station_id: frozenset(trained) for station_id, trained in people.items()}


def interviewers_by_station(*, station_ids: list[int]) -> dict[int, list[User]]:
    """Who is trained, per station, in the order of their names."""
    people: dict[int, list[User]] = {station_id: [] for station_id in station_ids}
    trained = Training.objects.trained().filter(station_id__in=station_ids).select_related("interviewer")
    for training in trained.order_by("interviewer__name", "pk"):
        people[training.station_id].append(training.interviewer)
    return people
