"""When each foot touches down and leaves the ground.

The files in the order in which they run:

1. ``detect`` calls the stages of the landmarks, ``tempo`` and ``filtered_paths`` say what they measure in;
2. ``stances``: coarse contacts from the stride's phase, left and right in turn;
3. ``forefoot_fit``: toe-off, and a forefoot's landing, fitted on raw landmarks; ``ankle_fit``: both events of
   a body without feet;
4. ``first_touch``: touchdown, of heel, edge or forefoot;
5. ``activity`` (with ``bounce``): who does not run is refused;
6. ``same_foot``: the steps of one foot laid over each other (markers only);
7. ``regularity``: all contacts weighed together; ``plausibility`` doubts those that are too short;
8. ``shoe_tracking`` (with ``shoe_cutouts``, ``shoe_images``, ``image_patch``): its shoe
   followed through the frames;
9. ``shoe_fit``, ``shoe_refine``: its path fitted, and joined with the landmarks' events;
10. ``plausibility`` leaves out what was not in sight;
11. ``slow_motion``: the clip's clock held against gravity and step rhythm.

``edited`` takes the contacts from a person's table instead of 1 to 10. ``event`` holds what passes between
the stages and lists what a contact's error is made of.
"""
