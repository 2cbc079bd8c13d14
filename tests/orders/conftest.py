import pytest


@pytest.fixture(autouse=True)
def files_folder(settings, tmp_path):
    """Stored files go with the test."""
    settings.FILES_FOLDER = tmp_path / "files"
