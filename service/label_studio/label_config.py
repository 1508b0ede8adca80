"""Parses a Label Studio label config: the control that Margin serves, its image and its labels."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, NoReturn
from xml.etree.ElementTree import Element, fromstring
from xml.parsers import expat

from service.domain.errors import InvalidLabelConfig

# A label set of thousands of classes fits; a longer text is not a label config.
_MAX_CHARACTERS = 1_000_000


@dataclass(frozen=True, kw_only=True)
class ServedControl:
    """The one control of a label config that Margin predicts.

    labels: the ids that results use (aliases if there are any; a taxonomy's leaf as its path joined with "/"), in
    order. paths: each label's path, in the same order, for a taxonomy only. takes_branches: whether a result may name
    an inner node of the taxonomy instead of a leaf.
    """

    kind: Literal["choices", "taxonomy"]
    from_name: str
    to_name: str
    image_key: str
    labels: tuple[str, ...]
    multi_label: bool
    other_controls: tuple[str, ...] = ()
    paths: tuple[tuple[str, ...], ...] = ()
    takes_branches: bool = False

    @property
    def statement(self) -> str:
        """One sentence that names the served control and the others."""
        several = "one or more of" if self.multi_label else "one of"
        served = (
            f"Margin predicts {several} {len(self.labels)} labels for <{self.kind.title()} name={self.from_name!r}>"
            f" on task key {self.image_key!r}"
        )
        if not self.other_controls:
            return f"{served}."
        return f"{served}; it leaves alone: {', '.join(self.other_controls)}."


@lru_cache(maxsize=64)
def parse_label_config(label_config: str) -> ServedControl:
    """Find the first <Choices> or <Taxonomy> on an <Image>. Cached, because every request contains its label config.

    Raises: InvalidLabelConfig: there is none, or it uses something that Margin cannot serve.
    """
    _refuse_unsafe_xml(label_config)
    # The SDK takes half a second to import, which processes that never read a label config should not spend.
    from label_studio_sdk._legacy.exceptions import LabelStudioXMLSyntaxErrorSentryIgnored  # noqa: PLC0415
    from label_studio_sdk.label_interface.interface import LabelInterface  # noqa: PLC0415

    try:
        interface = LabelInterface(label_config)
    except (LabelStudioXMLSyntaxErrorSentryIgnored, ValueError, KeyError) as error:
        raise InvalidLabelConfig(f"Label Studio's own parser cannot read the label config: {error}") from error
    controls = list(interface.controls or ())
    images = {image.name: image for image in interface.objects or () if image.tag.lower() == "image"}
    control = _first_servable(controls, images)
    element = _element(label_config, control.name)
    to_name = next(name for name in control.to_name if name in images)
    paths = _leaf_paths(element) if _kind(control) == "taxonomy" else ()
    return ServedControl(
        kind=_kind(control),
        from_name=control.name,
        to_name=to_name,
        image_key=_image_key(images[to_name]),
        labels=_checked_labels(control, ["/".join(path) for path in paths] if paths else _choices(element, control)),
        multi_label=control.attr.get("choice") == "multiple",
        other_controls=tuple(str(other.name) for other in controls if other is not control),
        paths=paths,
        takes_branches=bool(paths) and str(control.attr.get("leafsOnly", "")).lower() != "true",
    )


def _refuse_unsafe_xml(label_config: str) -> None:
    """Refuse XML that is not well-formed or declares a document type, which allows entity bombs and external files."""
    if len(label_config) > _MAX_CHARACTERS:
        raise InvalidLabelConfig(f"the label config is longer than {_MAX_CHARACTERS} characters")
    if not label_config.strip():
        raise InvalidLabelConfig("the label config is empty: add an <Image> and <Choices> to the labeling interface")
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(label_config, True)
    except expat.ExpatError as error:
        raise InvalidLabelConfig(f"the label config is not well-formed XML: {error}") from error


def _refuse_doctype(*_: object) -> NoReturn:
    raise InvalidLabelConfig("the label config declares a document type (<!DOCTYPE>): remove it")


def _first_servable(controls: list[Any], images: dict[str, Any]) -> Any:
    if not images:
        raise InvalidLabelConfig("the label config has no <Image>: Margin classifies images only")
    for control in controls:
        if _kind(control) and any(name in images for name in control.to_name) and not _is_per_region(control):
            return control
    raise InvalidLabelConfig(
        "the label config has no <Choices> or <Taxonomy> whose toName is an <Image>: add one with a Choice per class"
    )


def _kind(control: Any) -> Any:
    name = str(control.tag).lower()
    return name if name in ("choices", "taxonomy") else None


def _is_per_region(control: Any) -> bool:
    """Return whether the control labels regions that somebody drew, not the whole image."""
    return str(control.attr.get("perRegion", "")).lower() == "true"


def _element(label_config: str, name: str) -> Element:
    # Safe: a label config with a document type was refused before.
    return next(e for e in fromstring(label_config).iter() if e.get("name") == name)  # noqa: S314


def _image_key(image: Any) -> str:
    if "valueList" in image.attr:
        raise InvalidLabelConfig(
            f"<Image name={image.name!r}> has valueList: Margin reads one image per task, use value"
        )
    value = str(image.attr.get("value") or "")
    if not value.startswith("$") or len(value) == 1:
        raise InvalidLabelConfig(
            f'<Image name={image.name!r}> has value={value!r}: it must name a task key, such as value="$image"'
        )
    return value[1:]


def _choices(element: Element, control: Any) -> list[str]:
    if element.get("value"):
        raise InvalidLabelConfig(
            f"<Choices name={control.name!r}> takes its labels from each task ({element.get('value')}):"
            " Margin needs one label set for all tasks, written as <Choice> tags"
        )
    choices = list(element.iter("Choice"))
    if any(choice.find("Choice") is not None for choice in choices):
        raise InvalidLabelConfig(f"<Choices name={control.name!r}> has a Choice inside a Choice: use <Taxonomy> for it")
    return [_label_id(choice) for choice in choices]


def _leaf_paths(element: Element) -> tuple[tuple[str, ...], ...]:
    if element.get("apiUrl") or element.get("value"):
        raise InvalidLabelConfig(
            f"<Taxonomy name={element.get('name')!r}> loads its labels from elsewhere: write them as <Choice> tags"
        )
    return tuple(_leaves(element, ()))


def _leaves(element: Element, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for choice in element.findall("Choice"):
        here = (*path, _label_id(choice))
        if choice.find("Choice") is None:
            yield here
        else:
            yield from _leaves(choice, here)


def _label_id(choice: Element) -> str:
    """Return the id that results use: the alias of a label if it has one, else its value."""
    label = choice.get("alias") or choice.get("value")
    if not label:
        raise InvalidLabelConfig("the label config has a <Choice> without a value")
    return label


def _checked_labels(control: Any, labels: list[str]) -> tuple[str, ...]:
    if not labels:
        raise InvalidLabelConfig(f"<{control.tag} name={control.name!r}> has no <Choice>: add one per class")
    doubled = [label for label, times in Counter(labels).items() if times > 1]
    if doubled:
        raise InvalidLabelConfig(f"<{control.tag} name={control.name!r}> has the label {doubled[0]!r} more than once")
    return tuple(labels)
