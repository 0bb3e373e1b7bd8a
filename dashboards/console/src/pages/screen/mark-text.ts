import { stampText } from '../../format/time.ts'
import type { Bilingual, Mark, ShownRun } from './screen-view.ts'
import { said } from './screen-words.ts'

/** Which kind of truth this is, whole: a replay says when and where it was recorded, and how fast it goes. */
export function markText(mark: Mark, replay: ShownRun['replay'] | undefined): Bilingual {
  if (mark === 'live') return said('live')
  if (mark === 'simulated') return said('simulatedBand')
  if (!replay) return said('replay')
  const { recordedAt, hall, speed } = replay
  return said('replayBand', { time: stampText(recordedAt), hall, speed })
}
