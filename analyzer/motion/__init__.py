"""The athlete in metres: joints, angles, rates, centre of mass, speed."""
