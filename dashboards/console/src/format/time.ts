import { language, languageTag } from '../words/language.ts'
import { wordsOf } from '../words/words.ts'
import { en } from './words.en.ts'
import { zh } from './words.zh.ts'

const t = wordsOf(zh, en)

/** The halls' zone on every device, whatever the PC says. */
const ZONE = 'Asia/Shanghai'

const made = new Map<string, Intl.DateTimeFormat>()
function formatter(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language.value} ${JSON.stringify(options)}`
  const format =
    made.get(key) ?? new Intl.DateTimeFormat(languageTag(), { timeZone: ZONE, hourCycle: 'h23', ...options })
  made.set(key, format)
  return format
}

const TIME = { hour: '2-digit', minute: '2-digit' } as const
const DAY = { month: 'short', day: 'numeric' } as const

/** `14:05` */
export const clockTime = (at: number): string => formatter(TIME).format(at)
/** `14:05:09` */
export const clockSeconds = (at: number): string => formatter({ ...TIME, second: '2-digit' }).format(at)
/** `2026年5月12日周二 14:05:09` · `Tue, 12 May 2026, 14:05:09` */
export const fullTime = (at: number): string =>
  formatter({ ...TIME, second: '2-digit', year: 'numeric', month: 'short', day: 'numeric', weekday: 'short' }).format(
    at,
  )
/** `5月12日` */
export const dayText = (at: number): string => formatter(DAY).format(at)

const STAMP = new Intl.DateTimeFormat('sv-SE', {
  timeZone: ZONE,
  dateStyle: 'short',
  timeStyle: 'short',
})
/** `2026-05-12 14:05`, the same in both languages. */
export const stampText = (at: number): string => STAMP.format(at)

const dayKey = (at: number) => formatter({ year: 'numeric', month: 'numeric', day: 'numeric' }).format(at)

/** Same day `14:05`, else with the day before it. */
export const shortTime = (at: number, now: number): string =>
  dayKey(at) === dayKey(now) ? clockTime(at) : `${dayText(at)} ${clockTime(at)}`

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY_MS = 24 * HOUR

/** A length of time in words: `12 秒`, `5 分钟`, `1 小时 05 分`, `3 天 2 小时`. */
export function durationText(ms: number): string {
  const length = Math.max(0, ms)
  if (length < MINUTE) return t('seconds', { n: Math.floor(length / SECOND) })
  if (length < HOUR) return t('minutes', { n: Math.floor(length / MINUTE) })
  if (length < DAY_MS)
    return t('hours', {
      h: Math.floor(length / HOUR),
      m: String(Math.floor((length % HOUR) / MINUTE)).padStart(2, '0'),
    })
  return t('days', { d: Math.floor(length / DAY_MS), h: Math.floor((length % DAY_MS) / HOUR) })
}

/** `3 分钟前`; what is not older than two seconds is `刚刚`. */
export const agoText = (at: number, now: number): string =>
  now - at < 2 * SECOND ? t('now') : t('ago', { duration: durationText(now - at) })

/** A running clock: `02:14`, from an hour `1:02:14`. */
export function runningText(ms: number): string {
  const seconds = Math.floor(Math.abs(ms) / SECOND)
  const two = (n: number) => String(n).padStart(2, '0')
  const clock = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  return seconds >= 3600 ? `${Math.floor(seconds / 3600)}:${clock}` : clock
}
