"""What a view from the front or from behind shows: the frontal plane, and how the legs alternate.

Contacts, speed and angles along the lane cannot be seen there; what lies across it can, and no view from the
side shows it: how wide the feet land, how the trunk sways, whether the hands cross the body.
"""
