// The pointer on the picture: click, drag a point, move the picture, zoom with the wheel or two fingers.

const NEAR_PX = 16; // how near to a point it is meant
const STILL_PX = 4; // how far a click may wander

export function pointing(canvas, { picture, edits, tool, clicked, zoomed }) {
  const fingers = new Map();
  let begun = null;

  const apart = () => {
    const [a, b] = [...fingers.values()];
    return Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
  };

  /** The point under the pointer that can be dragged, by its number; -1 where there is none. */
  function point(event) {
    const [zoom] = picture().placed;
    const [x, y] = picture().under(event);
    return picture().points.findIndex((p) => {
      const [px, py] = picture().inFrame(p);
      return zoom * Math.hypot(px - x, py - y) < NEAR_PX;
    });
  }

  canvas.onpointerdown = (event) => {
    if (event.button) return;
    canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, event);
    begun = { x: event.clientX, y: event.clientY, moved: false, point: point(event) };
    if (begun.point >= 0) edits().hold();
  };
  canvas.onpointermove = (event) => {
    const before = fingers.get(event.pointerId);
    if (!before || !begun) return;
    if (fingers.size === 2) {
      const was = apart();
      fingers.set(event.pointerId, event);
      picture().zoomAt(event, apart() / was);
      begun.moved = true;
      zoomed();
      return;
    }
    fingers.set(event.pointerId, event);
    begun.moved ||= Math.hypot(event.clientX - begun.x, event.clientY - begun.y) > STILL_PX;
    if (!begun.moved) return;
    if (begun.point >= 0) {
      const [x, y] = picture().inReference(...picture().under(event));
      edits().live(({ scale }) => Object.assign(scale.points[begun.point], { x, y }));
    } else {
      picture().pan(event.clientX - before.clientX, event.clientY - before.clientY);
      zoomed();
    }
  };
  canvas.onpointerup = canvas.onpointercancel = (event) => {
    fingers.delete(event.pointerId);
    if (!begun) return;
    if (begun.point >= 0) edits().release("point moved");
    else if (!begun.moved && event.type === "pointerup" && tool()) clicked(...picture().under(event));
    if (!fingers.size) begun = null;
  };
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    picture().zoomAt(event, Math.exp(-0.0015 * event.deltaY));
    zoomed();
  }, { passive: false });
}
