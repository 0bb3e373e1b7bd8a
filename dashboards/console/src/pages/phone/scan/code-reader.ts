interface Detector {
  detect(source: CanvasImageSource): Promise<{ readonly rawValue: string }[]>
}
type DetectorClass = new (options: { formats: string[] }) => Detector

/** Reads one picture of the camera: the text of the code in it. */
type CodeReader = (video: HTMLVideoElement) => Promise<string | undefined>

/** Wide enough for a code at arm's length, small enough for an old phone. */
const WIDTH = 640

/** The browser's own detector where there is one, else a library that is loaded now. */
export async function openCodeReader(): Promise<CodeReader> {
  const own = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector
  if (own) {
    const detector = new own({ formats: ['qr_code'] })
    return async (video) => (await detector.detect(video))[0]?.rawValue
  }
  const { default: jsQR } = await import('jsqr')
  const canvas = document.createElement('canvas')
  const context = canvas.getContext('2d', { willReadFrequently: true })
  return async (video) => {
    if (!context || video.videoWidth === 0) return undefined
    canvas.width = WIDTH
    canvas.height = Math.round((video.videoHeight / video.videoWidth) * WIDTH)
    context.drawImage(video, 0, 0, canvas.width, canvas.height)
    const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height)
    return jsQR(data, width, height)?.data
  }
}
