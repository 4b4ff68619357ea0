// Shows one page: fit, zoom, turn, pan. Knows nothing of documents; the page hands it a picture and a size.

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

export class Viewer {
  /** `stage` is the window in which pictures are shown; `onScale(pixels)` is told how wide the picture is shown. */
  constructor(stage, onScale, signal) {
    Object.assign(this, { stage, onScale, img: null });
    this.view = Viewer.fresh();
    this.width = this.height = 0;
    stage.classList.add("live");
    const watch = new ResizeObserver(() => this.draw());
    watch.observe(stage);
    signal.addEventListener("abort", () => watch.disconnect());
    this.listen();
  }

  /** How a page looks that nobody has touched. */
  static fresh() {
    return { fit: "page", scale: 1, turn: 0, x: 0, y: 0 };
  }

  /** Shows `img` in the place of what was shown. */
  put(img) {
    if (this.img !== img) {
      this.img?.remove();
      this.stage.prepend(img);
      this.img = img;
    }
  }

  clear() {
    this.img?.remove();
    this.img = null;
    this.width = 0;
  }

  /** A page is `width` × `height` pixels and looks as `view` says, which is kept up to date from now on. */
  show(width, height, view) {
    Object.assign(this, { width, height, view });
    this.draw();
  }

  fit(mode) {
    Object.assign(this.view, { fit: mode, x: 0, y: 0 });
    this.draw();
  }

  turn(quarters) {
    this.view.turn = (this.view.turn + quarters * 90 + 360) % 360;
    this.draw();
  }

  /** Zooms by `factor` around a point of the stage, its middle when there is none. */
  zoom(factor, x = this.stage.clientWidth / 2, y = this.stage.clientHeight / 2) {
    const { view } = this;
    const scale = clamp(view.scale * factor, 0.05, 8);
    view.x = x - ((x - view.x) * scale) / view.scale;
    view.y = y - ((y - view.y) * scale) / view.scale;
    view.scale = scale;
    view.fit = "";
    this.draw();
  }

  pan(dx, dy) {
    this.view.x += dx;
    this.view.y += dy;
    this.draw();
  }

  /** Applies the state: a fit decides the scale; the page never leaves the window. */
  draw() {
    if (!this.width || !this.img) return;
    const { view, stage, img } = this;
    const across = view.turn % 180 !== 0;
    const [w, h] = across ? [this.height, this.width] : [this.width, this.height];
    const [room, tall] = [stage.clientWidth - 16, stage.clientHeight - 16];
    if (view.fit === "page") view.scale = Math.min(room / w, tall / h);
    if (view.fit === "width") view.scale = room / w;
    if (view.fit === "full") view.scale = 1 / devicePixelRatio;
    const place = (offset, size, space) => size <= space ? (space - size) / 2 : clamp(offset, space - size, 0);
    view.x = place(view.x, w * view.scale, stage.clientWidth);
    view.y = place(view.y, h * view.scale, stage.clientHeight);
    const corner = { 0: [0, 0], 90: [this.height, 0], 180: [this.width, this.height], 270: [0, this.width] }[view.turn];
    img.style.width = `${this.width}px`;
    img.style.height = `${this.height}px`;
    img.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.scale}) ` +
      `translate(${corner[0]}px, ${corner[1]}px) rotate(${view.turn}deg)`;
    this.onScale(this.width * view.scale * devicePixelRatio);
  }

  listen() {
    const { stage } = this;
    let last = null;
    stage.addEventListener("pointerdown", (event) => {
      if (event.button || event.target.closest("a")) return;
      last = event;
      stage.setPointerCapture(event.pointerId);
      stage.classList.add("drag");
    });
    stage.addEventListener("pointermove", (event) => {
      if (!last) return;
      this.pan(event.clientX - last.clientX, event.clientY - last.clientY);
      last = event;
    });
    for (const end of ["pointerup", "pointercancel"]) {
      stage.addEventListener(end, () => {
        last = null;
        stage.classList.remove("drag");
      });
    }
    stage.addEventListener("wheel", (event) => {
      event.preventDefault();
      if (!event.ctrlKey) return this.pan(-event.deltaX, -event.deltaY);
      const box = stage.getBoundingClientRect();
      this.zoom(Math.exp(-event.deltaY / 300), event.clientX - box.left, event.clientY - box.top);
    }, { passive: false });
  }
}
