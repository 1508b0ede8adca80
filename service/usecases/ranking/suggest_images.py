"""Suggests images to annotators, most worth labeling first; annotators at the same time get different images."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from service.domain.errors import NotFound
from service.domain.images.image import ImageFilter, ImageState
from service.domain.ranking.lease import Lease
from service.domain.ranking.ranking import Ranking
from service.domain.ranking.suggestion import PlacedImage, Suggestion, Suggestions, note_of, unplaced
from service.ports import Clock, ImageStore, LeaseStore, RankingStore

# Candidates per transaction, as many as one annotator may request: annotations have to wait until it ends.
CANDIDATES_PER_PAGE = 500


class SuggestImages:
    """Leases the first images of the newest ranking that are still in the pool and that nobody else holds."""

    def __init__(self, *, images: ImageStore, rankings: RankingStore, leases: LeaseStore, clock: Clock) -> None:
        self._images = images
        self._rankings = rankings
        self._leases = leases
        self._clock = clock

    def suggest(self, project_id: str, *, annotator: str, count: int, minutes: int) -> Suggestions:
        """Lease images: first the annotator's unfinished ones again, then new ones; in order of id before any ranking.

        Raises: NotFound: no such project.
        """
        at = self._clock()
        ranking = self._newest_ranking(project_id)
        candidates = self._candidates(project_id, ranking, annotator, at)
        given: list[Suggestion] = []
        while len(given) < count and (some := next(candidates, None)) is not None:
            taken = self._leases.take(
                project_id,
                [image.ranked.image_id for image in some],
                annotator=annotator,
                most=count - len(given),
                at=at,
                until=at + timedelta(minutes=minutes),
            )
            given += _suggestions(some, taken)
        return self._suggestions(project_id, ranking, annotator, given, is_short=len(given) < count, at=at)

    def give_back(self, project_id: str, *, annotator: str) -> None:
        """End all leases of the annotator, so that others may get these images."""
        self._leases.give_back(project_id, annotator=annotator)

    def _newest_ranking(self, project_id: str) -> Ranking | None:
        try:
            return self._rankings.latest(project_id, limit=1, after=0)
        except NotFound:
            return None

    def _candidates(
        self, project_id: str, ranking: Ranking | None, annotator: str, at: datetime
    ) -> Iterator[list[PlacedImage]]:
        """Yield the images that the annotator holds, then page by page the images that nobody holds."""
        held = self._leases.held(project_id, at=at)
        own = {lease.image_id for lease in held if lease.annotator == annotator}
        if own:
            yield self._find(project_id, ranking, own)
        # Taking an image decides whether others hold it; images that they hold already are skipped here.
        leased = {lease.image_id for lease in held}
        for page in self._pages(project_id, ranking):
            if free := [image for image in page if image.ranked.image_id not in leased]:
                yield free

    def _find(self, project_id: str, ranking: Ranking | None, image_ids: set[str]) -> list[PlacedImage]:
        """Find images in the newest ranking, in its order; a lease may be older, so some may be missing in it."""
        found: dict[str, PlacedImage] = {}
        for page in self._pages(project_id, ranking):
            found |= {image.ranked.image_id: image for image in page if image.ranked.image_id in image_ids}
            if len(found) == len(image_ids):
                break
        missing = sorted(image_ids - found.keys())
        return [
            *found.values(),
            *(unplaced(i, "already leased to you, and not in the newest ranking") for i in missing),
        ]

    def _pages(self, project_id: str, ranking: Ranking | None) -> Iterator[list[PlacedImage]]:
        return self._pages_of_pool(project_id) if ranking is None else self._pages_of_ranking(ranking)

    def _pages_of_ranking(self, ranking: Ranking) -> Iterator[list[PlacedImage]]:
        after = 0
        while page := self._rankings.get(ranking.project_id, ranking.id, limit=CANDIDATES_PER_PAGE, after=after).images:
            yield [PlacedImage(ranked=ranked, place=place) for place, ranked in enumerate(page, start=after)]
            after += len(page)

    def _pages_of_pool(self, project_id: str) -> Iterator[list[PlacedImage]]:
        after = None
        in_pool = ImageFilter(state=ImageState.POOL)
        while page := self._images.page(project_id, in_pool, after=after, limit=CANDIDATES_PER_PAGE):
            yield [unplaced(image.id, "nothing is ranked yet") for image in page]
            after = page[-1].id

    def _suggestions(
        self,
        project_id: str,
        ranking: Ranking | None,
        annotator: str,
        given: Sequence[Suggestion],
        *,
        is_short: bool,
        at: datetime,
    ) -> Suggestions:
        held = self._leases.held(project_id, at=at)
        to_others = sum(lease.annotator != annotator for lease in held)
        in_pool = self._images.count(project_id)[ImageState.POOL] if is_short else 0
        unleased = max(0, in_pool - len(held)) if is_short else None
        return Suggestions(
            ranking=None if ranking is None else ranking.id,
            version=None if ranking is None else ranking.version,
            images=tuple(given),
            leased_to_others=to_others,
            unleased=unleased,
            note=note_of(
                is_ranked=ranking is not None, given=len(given), leased_to_others=to_others, unleased=unleased
            ),
        )


def _suggestions(candidates: Sequence[PlacedImage], taken: Sequence[Lease]) -> list[Suggestion]:
    """Select the candidates that were leased, in their order."""
    until = {lease.image_id: lease.until for lease in taken}
    return [
        Suggestion(ranked=image.ranked, place=image.place, leased_until=until[image.ranked.image_id])
        for image in candidates
        if image.ranked.image_id in until
    ]
