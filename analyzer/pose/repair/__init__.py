"""What a network marks wrong, put right in pixels.

second_looks : frames that do not fit between their neighbours, read again in other crops
left_right : legs and arms that were mixed up, frame by frame
frame_edges : joints beyond the picture's edge, taken out

What lasts over the whole clip is put right in ``joints``.
"""
