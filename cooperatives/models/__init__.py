"""The territory, the 65 cooperatives with their papers and boards, and what was said of them in public."""

from cooperatives.models.public import PublicFact, PublicFactQuerySet, PublishedFigure, Target
from cooperatives.models.territory import (
    AreaGrant,
    AreaGrantQuerySet,
    Cooperative,
    CooperativeQuerySet,
    Formation,
    Kecamatan,
    KecamatanQuerySet,
    Kelurahan,
    KelurahanQuerySet,
)

__all__ = [
    "AreaGrant",
    "AreaGrantQuerySet",
    "Cooperative",
    "CooperativeQuerySet",
    "Formation",
    "Kecamatan",
    "KecamatanQuerySet",
    "Kelurahan",
    "KelurahanQuerySet",
    "PublicFact",
    "PublicFactQuerySet",
    "PublishedFigure",
    "Target",
]
