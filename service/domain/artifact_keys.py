"""Names every key of the artifact store."""

import hashlib

from ml.encoders.finetuned.name import FINETUNED_PREFIX


def upload_key(image_id: str) -> str:
    """Name the key of an uploaded image's bytes; the same bytes are stored once for all projects."""
    return f"images/{image_id[:2]}/{image_id}"


def version_key(project_id: str, number: int, file: str) -> str:
    """Name the key of one file of a saved version."""
    return f"versions/{project_id}/{number}/{file}"


def audit_key(project_id: str, part: str) -> str:
    """Name the key of one part of a project's newest audit, such as json; older data folders hold csv and html too."""
    return f"audits/{project_id}/latest.{part}"


def comparison_key(project_id: str, part: str) -> str:
    """Name the key of one part of a project's newest comparison; the parts are those of an audit."""
    return f"comparisons/{project_id}/latest.{part}"


def project_prefixes(project_id: str) -> tuple[str, ...]:
    """List the prefixes of all keys that are deleted with a project; keys that other projects may share are not."""
    return tuple(f"{kind}/{project_id}/" for kind in ("versions", "comparisons", "audits"))


def encoder_identity_key(encoder_name: str) -> str:
    """Name the key of the identity that an encoder last had when it was loaded; its name may hold any character."""
    return f"encoders/{hashlib.sha256(encoder_name.encode()).hexdigest()}.json"


def finetuned_key(encoder_name: str, file: str) -> str:
    """Name the key of one file of a fine-tuned encoder."""
    return f"finetuned/{encoder_name.removeprefix(FINETUNED_PREFIX)}/{file}"


def class_texts_key(content: bytes) -> str:
    """Name the key of encoded class texts. Args: content: everything that they depend on; the same is stored once."""
    return f"texts/{hashlib.sha256(content).hexdigest()}.safetensors"
