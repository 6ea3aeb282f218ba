"""The server's own TLS certificate. Desks hold it to the server's signature, so its names and dates say nothing."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.domain.system_fault import why
from app.ports import KnownError
from app.small_file import put_file
from server.home import Home

# A PC without a battery believes it is 2000, and nobody renews what desks know by its digest.
_FROM = datetime(2000, 1, 1, tzinfo=UTC)
_UNTIL = datetime(9999, 12, 31, tzinfo=UTC)


def own_certificate(home: Home, fingerprint: str, *, renew: bool = False) -> tuple[Path, Path]:
    """The files of the certificate and its key, made when they are missing or to be renewed.

    `fingerprint` is the server's, for the person who looks at the certificate.
    """
    if renew or not (home.certificate.exists() and home.certificate_key.exists()):
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Meja {fingerprint}")])
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(_FROM)
            .not_valid_after(_UNTIL)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        # The key first: a certificate without its key would be taken for whole.
        home.certificate.unlink(missing_ok=True)
        put_file(home.certificate_key, pem, private=True)
        put_file(home.certificate, made.public_bytes(serialization.Encoding.PEM), private=True)
    return home.certificate, home.certificate_key


def digest_of(path: Path) -> str:
    """The SHA-256 (hex) of the first certificate in a PEM file: the server's own. Raises KnownError."""
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())[0].fingerprint(hashes.SHA256()).hex()
    except OSError as error:
        raise KnownError("file-not-readable", {"path": str(path), "detail": why(error)}) from error
    except ValueError as error:
        raise KnownError("certificate-unusable", {"path": str(path)}) from error


def tls_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """What the server speaks TLS with. Raises KnownError when certificate and key do not fit."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key, password=lambda: b"")
    except (OSError, ValueError) as error:  # an SSLError is an OSError
        raise KnownError("certificate-unusable", {"path": str(certificate)}) from error
    return context
