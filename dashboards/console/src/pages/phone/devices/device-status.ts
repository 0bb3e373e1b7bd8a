import { type Status, statusOf } from '../../../live/device-status.ts'
import type { LiveDevice } from '../../../live/hall-mirror.ts'
import { stateWord } from '../../../live/vocabulary.ts'
import type { HallLists } from '../shell/hall-lists.ts'

/** The mark of a device, with what the alarm list says of it. */
export const phoneStatus = (device: LiveDevice, { alarms }: HallLists): Status =>
  statusOf(
    device,
    (alarms.value?.alarms ?? []).filter(({ fault }) => fault.device === device.id),
    (quantity, value) => stateWord(quantity, value)?.fault !== undefined,
  )
