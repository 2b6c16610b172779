"""Addresses of front-end files: with their content's hash once collected, plain before."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashed names from the manifest. Where nothing was collected (tests, a fresh clone), the files' own names."""

    manifest_strict = False

    def stored_name(self, name: str) -> str:
        """The name to put into an address."""
        return str(super().stored_name(name)) if self.hashed_files else name
