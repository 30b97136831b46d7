"""The protocol: injection, images and heatings, t = 0 being the injection."""

from ferrotope.protocol.nouns import Heating, Image, Protocol, marks

__all__ = ["Heating", "Image", "Protocol", "marks"]
