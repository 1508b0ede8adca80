"""Builds every store of one database, for `service.bootstrap`."""

from service.adapters.sql.annotation_store import SqlAnnotationStore
from service.adapters.sql.database import Database
from service.adapters.sql.image_store import SqlImageStore
from service.adapters.sql.lease_store import SqlLeaseStore
from service.adapters.sql.project_store import SqlProjectStore
from service.adapters.sql.ranking_store import SqlRankingStore
from service.adapters.sql.version_store import SqlVersionStore
from service.ports import Clock


class SqlStores:
    """The stores of one database."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.projects = SqlProjectStore(database)
        self.images = SqlImageStore(database, clock)
        self.annotations = SqlAnnotationStore(database, clock)
        self.versions = SqlVersionStore(database)
        self.rankings = SqlRankingStore(database)
        self.leases = SqlLeaseStore(database)
