import type { Frame } from '../domain/frame.ts'
import type { DeviceState } from './readings.ts'

/** How the gateway sees a device that sends by itself, for `device_status`; polled devices get theirs from polling, with latency. */
export const statusFrame = (state: DeviceState, at: number): Frame => ({
  device: state.device,
  stream: 'status',
  at,
  values: { online: state.presence === 'online' },
})
