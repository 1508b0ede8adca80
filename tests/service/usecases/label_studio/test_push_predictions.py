"""After a push Label Studio holds our predictions and orders its tasks by them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ml.classifier.classifier import Classifier
from ml.classifier.saved_version import pack
from ml.classifier.training import train_classifier
from service.domain.artifact_keys import version_key
from service.domain.errors import LabelStudioError
from service.domain.label_studio import LabelStudioBackend, LabelStudioProject, LabelStudioTask, TaskPrediction
from service.domain.projects.project import LabelStudioLink
from service.domain.ranking.ranking import NewRanking, RankedImage
from service.label_studio.events import project_key_at
from service.usecases.label_studio.push_predictions import PushPredictions
from service.usecases.serving.served_versions import ServedVersions
from tests.contracts.storing import NOON, TickingClock, a_project, add_task
from tests.doubles.artifact_store import InMemoryArtifactStore
from tests.doubles.embedding_cache import InMemoryEmbeddingCache
from tests.doubles.label_studio import InMemoryLabelStudio
from tests.doubles.stores import InMemoryStores
from tests.ml.clouds import ENCODER, cloud
from tests.service.assembled import no_progress

LABEL_CONFIG = (
    '<View><Image name="image" value="$image"/><Choices name="bird" toName="image">'
    '<Choice value="owl"/><Choice value="jay"/></Choices></View>'
)
LABEL_STUDIO_ID = 7
CREATED = datetime(2026, 1, 1, tzinfo=UTC)
NONE_YET, FIRST, SECOND = "margin-birds-v0", "margin-birds-v1", "margin-birds-v2"


class World:
    """Two tasks in Label Studio, ranked by version 2, with predictions of version 1 from before."""

    def __init__(self, *, keep_old: bool = False, version: int | None = 2, order: bool = True) -> None:
        self.label_studio = a_label_studio()
        stores, artifacts, cache = InMemoryStores(TickingClock()), InMemoryArtifactStore(), InMemoryEmbeddingCache()
        link = LabelStudioLink(
            key=project_key_at(LABEL_STUDIO_ID, CREATED),
            project_id=LABEL_STUDIO_ID,
            hostname="",
            label_config=LABEL_CONFIG,
        )
        stores.projects.add(a_project(label_studio=link, current_version=version))
        for file, content in pack(a_classifier(), {}).items():
            artifacts.put(version_key("birds", 2, file), content)
        cache.write(ENCODER, ["a", "b"], cloud(1, 1).embeddings)
        for task_id, image_id in ((1, "a"), (2, "b")):
            add_task(stores, task_id, image_id)
        self.stores = stores
        self.ranking = rank(stores, ("b", 0.9), ("a", 0.2), version=version)
        self.push = PushPredictions(
            projects=stores.projects,
            images=stores.images,
            rankings=stores.rankings,
            cache=cache,
            served_versions=ServedVersions(artifacts),
            connect=lambda _: self.label_studio,
            order=order,
            keep_old=keep_old,
        )

    def push_ranking(self) -> None:
        self.push.push("birds", progress=no_progress, ranking=self.ranking)


def test_the_most_worthwhile_task_comes_next() -> None:
    world = World()

    world.push_ranking()

    assert world.label_studio.next_task(LABEL_STUDIO_ID) == 2


def test_each_prediction_says_why_its_image_is_asked_for() -> None:
    world = World()
    world.ranking = rank(world.stores, ("b", 0.9), reason="seldom seen")

    world.push_ranking()

    (stored,) = [each for each in world.label_studio.predictions(LABEL_STUDIO_ID) if each.model_version == SECOND]
    (region,) = stored.result
    assert region["meta"]["text"][0].endswith(" %; seldom seen")


def test_the_order_follows_our_version_though_old_predictions_were_deleted() -> None:
    world = World()

    world.push_ranking()

    assert world.label_studio.prediction_versions(LABEL_STUDIO_ID) == {SECOND: 2}
    assert world.label_studio.project(LABEL_STUDIO_ID).model_version == SECOND


def test_a_repeated_push_leaves_one_prediction_per_task_and_the_order() -> None:
    world = World()

    world.push_ranking()
    world.push_ranking()

    assert world.label_studio.prediction_versions(LABEL_STUDIO_ID) == {SECOND: 2}
    assert world.label_studio.project(LABEL_STUDIO_ID).model_version == SECOND


def test_old_predictions_stay_where_that_is_wanted() -> None:
    world = World(keep_old=True)

    world.push_ranking()

    assert world.label_studio.prediction_versions(LABEL_STUDIO_ID) == {FIRST: 2, SECOND: 2}


def test_a_ranking_that_came_since_is_not_pushed_in_its_place() -> None:
    world = World()
    rank(world.stores, ("a", 1.0))

    world.push_ranking()

    assert world.label_studio.prediction_versions(LABEL_STUDIO_ID) == {SECOND: 2}


def test_a_ranking_of_another_version_is_left_to_that_versions_push() -> None:
    world = World()
    world.stores.projects.set_current_version("birds", 3)

    outcome = world.push.push("birds", progress=no_progress, ranking=world.ranking)

    assert outcome["pushed"] == 0
    assert world.label_studio.prediction_versions(LABEL_STUDIO_ID) == {FIRST: 2}


def test_a_label_studio_whose_database_was_made_anew_gets_nothing_of_the_old_project() -> None:
    world = World()
    again = replace(world.label_studio.project(LABEL_STUDIO_ID), created_at=datetime(2026, 2, 2, tzinfo=UTC))
    world.label_studio.add_project(again)

    with pytest.raises(LabelStudioError, match="created again"):
        world.push_ranking()


def test_before_the_first_version_the_order_is_there_already_with_empty_predictions() -> None:
    world = World(version=None)

    world.push_ranking()

    stored = [each for each in world.label_studio.predictions(LABEL_STUDIO_ID) if each.model_version == NONE_YET]
    assert [(each.task_id, each.result, each.score) for each in stored] == [(2, (), 1 - 0.9), (1, (), 1 - 0.2)]
    assert world.label_studio.next_task(LABEL_STUDIO_ID) == 2


def test_before_the_first_version_nothing_is_pushed_where_the_order_is_label_studios_own() -> None:
    world = World(version=None, order=False)

    world.push_ranking()

    assert NONE_YET not in world.label_studio.prediction_versions(LABEL_STUDIO_ID)


def test_the_first_version_takes_the_place_of_the_order_before_it() -> None:
    world = World(version=None)
    world.push_ranking()
    world.stores.projects.set_current_version("birds", 2)
    world.ranking = rank(world.stores, ("a", 0.9), ("b", 0.2))

    world.push_ranking()

    assert world.label_studio.prediction_versions(LABEL_STUDIO_ID) == {SECOND: 2}
    assert world.label_studio.next_task(LABEL_STUDIO_ID) == 1


def a_label_studio() -> InMemoryLabelStudio:
    label_studio = InMemoryLabelStudio()
    label_studio.add_project(
        LabelStudioProject(
            id=LABEL_STUDIO_ID,
            title="Birds",
            label_config=LABEL_CONFIG,
            sampling="Uncertainty sampling",
            model_version=None,
            created_at=CREATED,
        )
    )
    for task_id in (1, 2):
        label_studio.add_task(
            LABEL_STUDIO_ID, LabelStudioTask(id=task_id, data={"image": f"/data/{task_id}.jpg"}, annotations=())
        )
    backend = LabelStudioBackend(id=1, url="http://margin:9090", title=FIRST, model_version=SECOND, state="CO")
    label_studio.connect(LABEL_STUDIO_ID, backend)
    old = [TaskPrediction(task_id=task_id, result=(), score=0.5, model_version=FIRST) for task_id in (1, 2)]
    label_studio.import_predictions(LABEL_STUDIO_ID, old)
    return label_studio


def a_classifier() -> Classifier:
    train = cloud(6, 6)
    return train_classifier(
        embeddings=train.embeddings,
        targets=train.targets,
        labels=("owl", "jay"),
        head_name="softmax-regression",
        encoder=ENCODER,
        seed=0,
    )


def rank(stores: InMemoryStores, *worth: tuple[str, float], reason: str = "", version: int | None = 2) -> int:
    return stores.rankings.add(
        NewRanking(
            project_id="birds",
            version=version,
            strategy="margin",
            seed=0,
            created_at=NOON,
            pool_size=len(worth),
            images=tuple([RankedImage(image_id=image_id, worth=each, reason=reason) for image_id, each in worth]),
        )
    )
