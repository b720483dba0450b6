"""The territory, the 65 cooperatives with their papers and boards, and what was said of them in public."""

from cooperatives.models.assets import AssetStatement, AssetStatementQuerySet
from cooperatives.models.board import (
    POSITIONS,
    SHARED_POSITIONS,
    BoardTerm,
    BoardTermQuerySet,
    Body,
    Gender,
    Position,
)
from cooperatives.models.papers import NEEDED, Paper, PaperKind, PaperQuerySet
from cooperatives.models.parameters import DEFAULTS, Parameter, ParameterKey
from cooperatives.models.public import PublicFact, PublicFactQuerySet, PublishedFigure, Target, TargetQuerySet
from cooperatives.models.removable import RemovableModel, RemovableQuerySet
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
    "DEFAULTS",
    "NEEDED",
    "POSITIONS",
    "SHARED_POSITIONS",
    "AreaGrant",
    "AreaGrantQuerySet",
    "AssetStatement",
    "AssetStatementQuerySet",
    "BoardTerm",
    "BoardTermQuerySet",
    "Body",
    "Cooperative",
    "CooperativeQuerySet",
    "Formation",
    "Gender",
    "Kecamatan",
    "KecamatanQuerySet",
    "Kelurahan",
    "KelurahanQuerySet",
    "Paper",
    "PaperKind",
    "PaperQuerySet",
    "Parameter",
    "ParameterKey",
    "Position",
    "PublicFact",
    "PublicFactQuerySet",
    "PublishedFigure",
    "RemovableModel",
    "RemovableQuerySet",
    "Target",
    "TargetQuerySet",
]
