"""What is written about papers and terms: a paper with its file, and rows that are taken away and brought back."""

from django.db import transaction
from django.utils import timezone

from cooperatives.models import Paper, RemovableModel
from kkmp.accounts.models import User
from kkmp.files import Upload


def put_file(paper: Paper, upload: Upload) -> None:
    """Set the file and what describes it; nothing is stored before the row is saved."""
    paper.file = upload.file
    paper.file_name = upload.name
    paper.media_type = upload.media_type
    paper.sha256 = upload.sha256
    paper.size = upload.size


def keep_paper(*, paper: Paper, by: User) -> None:
    """Save the row and with it a newly set file. The former file stays stored, the history names it."""
    _sign(paper, by)
    # Saving stores the file under a name of its own.
    name_before = paper.file.name
    try:
        with transaction.atomic():
            paper.save()
    except BaseException:
        # A row that was refused must not leave its file behind.
        if paper.file.name and paper.file.name != name_before:
            paper.file.storage.delete(paper.file.name)
        raise


@transaction.atomic
def remove(*, row: RemovableModel, by: User) -> None:
    """Take a row away: it counts on no day and can be brought back. Nothing happens where it is away already."""
    stored = _locked(row)
    if stored.removed_at is None:
        stored.removed_at, stored.removed_by = timezone.now(), by
        _save(stored, by)


@transaction.atomic
def restore(*, row: RemovableModel, by: User) -> None:
    """Bring a row back. Raises ValidationError where an equal one has taken its place meanwhile."""
    stored = _locked(row)
    if stored.removed_at is None:
        return
    stored.removed_at = stored.removed_by = None
    stored.validate_constraints()
    _save(stored, by)


def _locked(row: RemovableModel) -> RemovableModel:
    found: RemovableModel = type(row)._base_manager.select_for_update().get(pk=row.pk)
    return found


def _save(row: RemovableModel, by: User) -> None:
    row.version += 1
    _sign(row, by)
    row.save()


def _sign(row: RemovableModel, by: User) -> None:
    """Say who writes this row into the history."""
    # The name that simple-history looks for.
    vars(row)["_history_user"] = by
