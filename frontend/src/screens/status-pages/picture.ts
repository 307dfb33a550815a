/** A picture becomes a logo: cut to a square, and small enough to be sent. */

export const LOGO_PX = 256; // wide and high; visitors see it at 64, on dense screens twice that

/** The square that is cut out: its middle as shares of the picture, and how large it is drawn. */
export interface Crop {
  x: number; // 0 to 1
  y: number;
  zoom: number; // 1: the whole picture
}

/** Where the picture is drawn in a square of `size` px: x, y, width, height. Pure. */
export function placed(crop: Crop, width: number, height: number, size: number): [number, number, number, number] {
  const scale = (size / Math.max(width, height)) * crop.zoom;
  const [w, h] = [width * scale, height * scale];
  const within = (middle: number, length: number): number =>
    length <= size ? (size - length) / 2 : Math.min(0, Math.max(size - length, size / 2 - middle * length));
  return [within(crop.x, w), within(crop.y, h), w, h];
}

export function draw(canvas: HTMLCanvasElement, picture: ImageBitmap, crop: Crop): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, ...placed(crop, picture.width, picture.height, canvas.width));
}

/** The middle after it was moved by so many px of a square of `size`; never beyond what is to be seen. Pure. */
export function panned(crop: Crop, width: number, height: number, size: number, dx: number, dy: number): Crop {
  const scale = (size / Math.max(width, height)) * crop.zoom;
  const along = (middle: number, length: number, by: number): number => {
    if (length <= size) return 0.5;
    const edge = size / 2 / length;
    return Math.min(1 - edge, Math.max(edge, middle - by / length));
  };
  return { ...crop, x: along(crop.x, width * scale, dx), y: along(crop.y, height * scale, dy) };
}
