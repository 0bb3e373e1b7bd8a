import { localTime } from './local-time.ts'
import { noiseOverTime, seedFor } from './random.ts'

/** Wuhan, East Lake. */
const PLACE = { latitude: 30.5, longitude: 114.4 }

const radians = (degrees: number) => (degrees * Math.PI) / 180

/** Sine of the sun's elevation; negative is night. Declination and equation of time after Spencer's short series. */
export function sinElevation(at: number): number {
  const { dayOfYear } = localTime(at)
  const b = (2 * Math.PI * (dayOfYear - 1)) / 365
  const declination =
    0.006918 - 0.399912 * Math.cos(b) + 0.070257 * Math.sin(b) - 0.006758 * Math.cos(2 * b) + 0.000907 * Math.sin(2 * b)
  const equationOfTimeMin =
    229.18 *
    (0.000075 +
      0.001868 * Math.cos(b) -
      0.032077 * Math.sin(b) -
      0.014615 * Math.cos(2 * b) -
      0.040849 * Math.sin(2 * b))
  const utcHours = (at / 3_600_000) % 24
  const solarHours = utcHours + PLACE.longitude / 15 + equationOfTimeMin / 60
  const hourAngle = radians(15 * (solarHours - 12))
  const latitude = radians(PLACE.latitude)
  return Math.sin(latitude) * Math.sin(declination) + Math.cos(latitude) * Math.cos(declination) * Math.cos(hourAngle)
}

/** Irradiance on the ground under a clear sky, W/m² (Haurwitz 1945). Exactly 0 while the sun is below the horizon. */
export function clearSkyWm2(at: number): number {
  const s = sinElevation(at)
  return s <= 0 ? 0 : 1098 * s * Math.exp(-0.057 / s)
}

/** Seeded clouds: the share of clear-sky light that arrives, 0.15–1. Slow weather with passing clouds in it. */
export function createClouds(seed: number): (at: number) => number {
  const weather = noiseOverTime(seedFor(seed, 'weather'), 3 * 3_600_000)
  const clouds = noiseOverTime(seedFor(seed, 'clouds'), 7 * 60_000)
  const edges = noiseOverTime(seedFor(seed, 'edges'), 40_000)
  return (at) => {
    const cover = Math.min(1, Math.max(0, 0.3 + 0.45 * weather(at)))
    const passing = Math.max(0, clouds(at) + 0.25 * edges(at))
    return Math.max(0.15, 1 - 0.55 * cover - 0.5 * cover * passing)
  }
}

/** Outdoor air, °C: season, hour of day (coldest at 5, warmest at 15) and weather. */
export function createOutdoorAir(seed: number): (at: number) => number {
  const weather = noiseOverTime(seedFor(seed, 'air'), 12 * 3_600_000)
  return (at) => {
    const { hour, dayOfYear } = localTime(at)
    const season = 17 - 13 * Math.cos((2 * Math.PI * (dayOfYear - 20)) / 365)
    return season - 4 * Math.cos((2 * Math.PI * (hour - 3)) / 24) + 3 * weather(at)
  }
}

/** AC power of a roof of `peakW` behind an inverter of `ratedW`: irradiance, cell temperature (−0.35 %/K), 4 % losses. */
export function pvPowerW(irradianceWm2: number, outdoorC: number, peakW: number, ratedW: number): number {
  if (irradianceWm2 <= 0) return 0
  const cellC = outdoorC + irradianceWm2 * 0.03
  const power = peakW * (irradianceWm2 / 1000) * (1 - 0.0035 * (cellC - 25)) * 0.96
  // An inverter starts at about half a percent of its rating; below that it stays on standby.
  return power < ratedW * 0.005 ? 0 : Math.min(power, ratedW)
}
