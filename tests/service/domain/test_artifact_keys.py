"""Keys never change: data that was stored under them years ago must be found."""

import hashlib

from service.domain.artifact_keys import (
    audit_key,
    class_texts_key,
    comparison_key,
    encoder_identity_key,
    finetuned_key,
    project_prefixes,
    upload_key,
    version_key,
)

DIGEST = hashlib.sha256(b"tiny").hexdigest()


def test_keys_never_change() -> None:
    assert upload_key("abcd") == "images/ab/abcd"
    assert version_key("birds", 2, "manifest.json") == "versions/birds/2/manifest.json"
    assert audit_key("birds", "html") == "audits/birds/latest.html"
    assert comparison_key("birds", "csv") == "comparisons/birds/latest.csv"
    assert comparison_key("birds", "pictures.json") == "comparisons/birds/latest.pictures.json"
    assert encoder_identity_key("tiny") == f"encoders/{DIGEST}.json"
    assert finetuned_key("finetuned:birds/3-0a1b2c3d", "tensors") == "finetuned/birds/3-0a1b2c3d/tensors"
    assert class_texts_key(b"tiny") == f"texts/{DIGEST}.safetensors"


def test_what_belongs_to_a_project_alone_lies_under_its_prefixes() -> None:
    keys = [version_key("birds", 1, "x"), audit_key("birds", "json"), comparison_key("birds", "json")]

    assert all(key.startswith(project_prefixes("birds")) for key in keys)
    assert not any(key.startswith(project_prefixes("bird")) for key in keys)
