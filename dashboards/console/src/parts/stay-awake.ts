/** One way to keep the screen of this device on. */
interface Keeper {
  /** Takes hold, or takes hold again: browsers let go when the page is hidden. */
  take(): void
  release(): void
}

/**
 * Keeps the screen of this device on while this page is looked at. In a secure context the browser is asked for it. Over plain HTTP there
 * is nothing to ask: there a picture that moves is played, which Chromium and Firefox take for a film; Safari does not.
 * @returns how to let it sleep again
 */
export function stayAwake(): () => void {
  const keeper = 'wakeLock' in navigator ? lock() : movingPicture()
  const look = () => {
    if (!document.hidden) keeper.take()
  }
  look()
  document.addEventListener('visibilitychange', look)
  return () => {
    document.removeEventListener('visibilitychange', look)
    keeper.release()
  }
}

function lock(): Keeper {
  let held: WakeLockSentinel | undefined
  let over = false
  const take = async () => {
    try {
      held = await navigator.wakeLock.request('screen')
      if (over) void held.release()
    } catch {
      // Battery saver, or a policy of the machine: its own settings decide then.
    }
  }
  return {
    take: () => void take(),
    release() {
      over = true
      void held?.release()
    },
  }
}

/** Chromium asks that three quarters of a film are in view, and of one that comes from the page itself no size: this many CSS pixels. */
const SIDE_PX = 2
/** A stream without new pictures counts as standing still. */
const NEXT_PICTURE_MS = 1_000

/** A muted film of one grey spot in the corner, made in the page: nothing is loaded, nothing is heard, and nothing is seen. */
function movingPicture(): Keeper {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = 16
  const pen = canvas.getContext('2d')!
  const film = document.createElement('video')
  film.muted = true
  film.playsInline = true
  film.disablePictureInPicture = true
  film.tabIndex = -1
  film.ariaHidden = 'true'
  film.dataset.keepsAwake = ''
  Object.assign(film.style, {
    ...{ position: 'fixed', right: '0', bottom: '0', width: `${SIDE_PX}px`, height: `${SIDE_PX}px` },
    ...{ opacity: '0.01', pointerEvents: 'none' },
  })
  let shade = 0
  const draw = () => {
    shade = (shade + 1) % 2
    pen.fillStyle = shade === 0 ? '#101010' : '#111111'
    pen.fillRect(0, 0, canvas.width, canvas.height)
  }
  draw()
  const stream = canvas.captureStream(1)
  film.srcObject = stream
  document.body.append(film)
  const timer = setInterval(draw, NEXT_PICTURE_MS)
  // Some browsers let nothing play before the first touch.
  const take = () => void film.play().catch(() => {})
  document.addEventListener('pointerdown', take, { once: true })
  return {
    take,
    release() {
      document.removeEventListener('pointerdown', take)
      clearInterval(timer)
      for (const track of stream.getTracks()) track.stop()
      film.srcObject = null
      film.remove()
    },
  }
}
