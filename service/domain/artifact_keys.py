"""Names every key of the artifact store: what is kept there, and where."""

import hashlib

from ml.encoders.finetuned.name import PREFIX


def upload_key(image_id: str) -> str:
    """Key of an uploaded image's bytes; the same bytes are kept once for all projects."""
    return f"images/{image_id[:2]}/{image_id}"


def version_key(project_id: str, number: int, file: str) -> str:
    """Key of one file of a saved version."""
    return f"versions/{project_id}/{number}/{file}"


def audit_key(project_id: str, part: str) -> str:
    """Key of one part of a project's newest audit, as json; older folders hold csv and html too."""
    return f"audits/{project_id}/latest.{part}"


def comparison_key(project_id: str, part: str) -> str:
    """Key of one part of a project's newest comparison: as of an audit."""
    return f"comparisons/{project_id}/latest.{part}"


def project_prefixes(project_id: str) -> tuple[str, ...]:
    """Prefixes of all keys that go with a project when it is deleted; what other projects may share stays."""
    return tuple(f"{kind}/{project_id}/" for kind in ("versions", "comparisons", "audits"))


def encoder_identity_key(encoder_name: str) -> str:
    """Key of the identity that an encoder was last loaded with. Names may hold any character, so they are hashed."""
    return f"encoders/{hashlib.sha256(encoder_name.encode()).hexdigest()}.json"


def finetuned_key(encoder_name: str, file: str) -> str:
    """Key of one file of a fine-tuned encoder."""
    return f"finetuned/{encoder_name.removeprefix(PREFIX)}/{file}"


def class_texts_key(content: bytes) -> str:
    """Key of encoded class texts. Args: content: all that they are made of, so that the same are kept once."""
    return f"texts/{hashlib.sha256(content).hexdigest()}.safetensors"
