"""The filter language of every list: a documented subset of AIP-160, compiled to SQL with bound parameters.

    CONTACTS = FilterSchema({
        "display_name": TextField(contact.c.name_folded),
        "email": ChildField(KeywordField(contact_email.c.normalized, key=str.lower), contact_email.c.contact_id,
                            contact.c.id),
        "tags": ListField(contact.c.tags),
        "custom": CustomField(contact.c.custom),
    })
    condition = compile_filter(request.filter, CONTACTS)

docs/filter-language.md tells users what they can write.
"""

from crmkit.filters.custom import CustomField
from crmkit.filters.fields import (
    BooleanField,
    ChildField,
    DateField,
    DecimalField,
    EnumField,
    FilterField,
    IntegerField,
    KeywordField,
    ListField,
    TextField,
    TimestampField,
    UuidField,
)
from crmkit.filters.schema import FilterSchema, compile_filter

__all__ = [
    "BooleanField",
    "ChildField",
    "CustomField",
    "DateField",
    "DecimalField",
    "EnumField",
    "FilterField",
    "FilterSchema",
    "IntegerField",
    "KeywordField",
    "ListField",
    "TextField",
    "TimestampField",
    "UuidField",
    "compile_filter",
]
