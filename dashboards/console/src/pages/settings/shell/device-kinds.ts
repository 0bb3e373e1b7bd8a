import { DEVICE_KINDS, type DeviceKind } from '../../../../../../gateway/src/domain/device-kind.ts'

export const deviceKinds = Object.keys(DEVICE_KINDS) as readonly DeviceKind[]
