"""All stores of one imaginary database, for tests of use cases."""

from service.ports import Clock
from tests.doubles.annotation_store import InMemoryAnnotationStore
from tests.doubles.image_links import ImageLinks
from tests.doubles.image_store import InMemoryImageStore
from tests.doubles.lease_store import InMemoryLeaseStore
from tests.doubles.project_store import InMemoryProjectStore
from tests.doubles.ranking_store import InMemoryRankingStore
from tests.doubles.version_store import InMemoryVersionStore


class InMemoryStores:
    """The doubles of one database; the stores of images and annotations share their state."""

    def __init__(self, clock: Clock) -> None:
        links = ImageLinks()
        self.projects = InMemoryProjectStore(self._forget_project)
        self.images = InMemoryImageStore(links, clock)
        self.annotations = InMemoryAnnotationStore(links, clock)
        self.versions = InMemoryVersionStore()
        self.rankings = InMemoryRankingStore()
        self.leases = InMemoryLeaseStore(self.images)

    def _forget_project(self, project_id: str) -> None:
        for store in (self.images, self.annotations, self.versions, self.rankings, self.leases):
            store.forget_project(project_id)
