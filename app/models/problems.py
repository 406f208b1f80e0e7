"""Problems as they are answered."""

from pydantic import Field

from app.models.fields import Shape


class ProblemError(Shape):
    pointer: str = Field(description="Where: an RFC 6901 pointer into the body, or / and the name of a parameter or header.")
    detail: str
