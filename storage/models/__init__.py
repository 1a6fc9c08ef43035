"""The tables. Every row belongs to one club; keys are made in Python; instants are aware and UTC."""

from storage.models.campaigns import (
    AudienceGroup,
    AudienceGuardian,
    AudienceLine,
    Campaign,
    Chunk,
    Draft,
    Tally,
)
from storage.models.club import Audit, Club, ConsentWording, Sender, Staff
from storage.models.imports import ImportFile
from storage.models.messages import CHUNKLESS, FOLLOWED, HELD, Message, Pace, Receipt, Stray
from storage.models.people import (
    Consent,
    Contact,
    ContactField,
    ErasedNumber,
    Erasure,
    Group,
    GroupDraft,
    GroupPart,
    GroupStaff,
    Guardianship,
    Membership,
    OptInQuestion,
    OptOut,
)
from storage.models.replies import Conversation, Reply

__all__ = [
    "CHUNKLESS",
    "FOLLOWED",
    "HELD",
    "AudienceGroup",
    "AudienceGuardian",
    "AudienceLine",
    "Audit",
    "Campaign",
    "Chunk",
    "Club",
    "Consent",
    "ConsentWording",
    "Contact",
    "ContactField",
    "Conversation",
    "Draft",
    "ErasedNumber",
    "Erasure",
    "Group",
    "GroupDraft",
    "GroupPart",
    "GroupStaff",
    "Guardianship",
    "ImportFile",
    "Membership",
    "Message",
    "OptInQuestion",
    "OptOut",
    "Pace",
    "Receipt",
    "Reply",
    "Sender",
    "Staff",
    "Stray",
    "Tally",
]
