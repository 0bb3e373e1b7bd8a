import type { ResolvedHall } from '../config/resolved-hall.ts'
import type { Frame, Series, Stream } from '../domain/frame.ts'
import type { Clock } from '../ports/clock.ts'
import type { Readings } from '../readings/readings.ts'
import type { Spool } from '../spool/spool.ts'

/** The one way of every frame: to the present and to the disk. */
export interface Frames {
  /** Resolves when the frame is on disk; the caller may then acknowledge. */
  take(frame: Frame): Promise<void>
  /** For what nobody waits for: the spool counts and reports what it could not keep. */
  takeAside(frame: Frame, code?: string): void
  /** The hall changed: frames from now on are stored under the new zone, kind and profile. */
  forgetSeries(): void
}

export function createFrames(parts: {
  hall: () => ResolvedHall
  readings: Readings
  spool: Spool
  clock: Clock
}): Frames {
  const { readings, spool, clock } = parts
  const series = new Map<string, Series>()

  function seriesOf(device: string, stream: Stream, code = ''): Series {
    const key = `${stream} ${device} ${code}`
    const known = series.get(key)
    if (known) return known
    const made = makeSeries(parts.hall(), device, stream, code)
    series.set(key, made)
    return made
  }

  async function take(frame: Frame): Promise<void> {
    // How a device is and what it measures belong to the present; only devices of the hall have one.
    const ofDevice = frame.stream === 'reading' || frame.stream === 'status'
    if (ofDevice && !readings.accept(frame, clock.wallMs())) return
    await spool.append(frame, seriesOf(frame.device, frame.stream))
  }

  return {
    take,
    takeAside(frame, code) {
      const kept = code === undefined ? take(frame) : spool.append(frame, seriesOf(frame.device, frame.stream, code))
      kept.catch(() => {})
    },
    forgetSeries: () => series.clear(),
  }
}

function makeSeries({ hall, devices }: ResolvedHall, device: string, stream: Stream, code: string): Series {
  const known = devices.get(device)
  return {
    hall: hall.hall.id,
    zone: known?.zone ?? '',
    device,
    kind: known?.kind ?? '',
    profile: known?.profileId ?? '',
    stream,
    ...(code !== '' && { code }),
  }
}
