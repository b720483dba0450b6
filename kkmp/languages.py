"""Words of ours in every language of the pages: a sheet made in one language is read in the other."""

from contextlib import AbstractContextManager

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise


def in_every_language(text: str | Promise) -> list[str]:
    """The translations of a lazy text, the one in the present language first; a plain text is itself."""
    codes = [code for code, _label in settings.LANGUAGES]
    words = [str(text)]
    for code in codes:
        with translation.override(code):
            words.append(str(text))
    return list(dict.fromkeys(words))


def in_office_language() -> AbstractContextManager[None]:
    """For what is stored and searched later, as targets of the access log: not in the language of one screen."""
    return translation.override(settings.LANGUAGE_CODE)
