"""Every store of one imagined database, for tests of use cases."""

from service.adapters.in_memory.annotation_store import InMemoryAnnotationStore
from service.adapters.in_memory.image_links import ImageLinks
from service.adapters.in_memory.image_store import InMemoryImageStore
from service.adapters.in_memory.lease_store import InMemoryLeaseStore
from service.adapters.in_memory.project_store import InMemoryProjectStore
from service.adapters.in_memory.ranking_store import InMemoryRankingStore
from service.adapters.in_memory.version_store import InMemoryVersionStore
from service.ports import Clock


class InMemoryStores:
    """The doubles of one database; images and annotations know of each other."""

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
