/** The local gateway for programs and test suites: names only. */
export type {
  ColdStartFault, DisconnectFault, EndFault, HandlerFault, PostsFault, RandomFault, RefuseFault, ThrottleFault,
} from './faults/fault-arguments';
export type { Faults } from './faults/faults';
export { startGateway } from './gateway';
export { GatewayError } from './gateway-error';
export type { GatewayErrorCode } from './gateway-error';
export type {
  GatewayEvent, GatewayObserver, ListeningEvent, NoticeEvent, OutputEvent, RebuildEvent, RequestEvent, ResynthesisEvent, RunningEvent,
  SynthesisEvent,
} from './gateway-event';
export type { GatewayOptions } from './gateway-options';
export type { TokenRequest } from './issuer/claims';
export type { Difference } from './recording/differences';
export { replay } from './replay';
export type { Replayed, ReplayedUser, ReplayOptions } from './replay';
export type { Gateway, OpenConnection } from './running-gateway';
