export type { AnyEvents, EventMap, Moment, SessionNote, Topics, TrackArguments, Tracker, TrackerStats } from './api.ts';
export { type AutocaptureOptions, autocapture } from './capture/autocapture.ts';
export type { Capture, CaptureContext, Teardown } from './capture/capture.ts';
export { type ClicksOptions, clicks } from './capture/clicks.ts';
export { copy } from './capture/copy.ts';
export { type CtaOptions, cta } from './capture/cta.ts';
export type { DescribedError, StackFrame } from './capture/describeError.ts';
export { type EngagementOptions, engagement } from './capture/engagement.ts';
export { type ErrorsOptions, type ErrorType, errors } from './capture/errors.ts';
export { type FormsOptions, forms } from './capture/forms.ts';
export { type FrustrationOptions, frustration } from './capture/frustration.ts';
export { type HeatmapOptions, heatmap } from './capture/heatmap.ts';
export { type MediaOptions, media } from './capture/media.ts';
export { type NotFoundOptions, notFound } from './capture/notFound.ts';
export { type PageViewKind, type PageViewsOptions, pageViews } from './capture/pageViews.ts';
export { type Recorder, type RecorderOptions, type ReplayOptions, replay } from './capture/replay.ts';
export { type RequestsOptions, requests } from './capture/requests.ts';
export { type ScrollDepthOptions, scrollDepth } from './capture/scrollDepth.ts';
export { type SearchOptions, search } from './capture/search.ts';
export { type SectionsOptions, sections } from './capture/sections.ts';
export { sessionStart } from './capture/sessionStart.ts';
export { visibility } from './capture/visibility.ts';
export { vitalsWithAttribution } from './capture/vitalsWithAttribution.ts';
export { webVitals } from './capture/webVitals.ts';
export {
  type GoogleConsentModeOptions,
  type GoogleSignal,
  googleConsentMode,
} from './consent/bridges/googleConsentMode.ts';
export { microsoftConsent } from './consent/bridges/microsoftConsent.ts';
export {
  cookiebot,
  type OneTrustOptions,
  oneTrust,
  type TcfOptions,
  tcf,
  type UsercentricsOptions,
  usercentrics,
} from './consent/cmps.ts';
export type {
  Consent,
  ConsentApi,
  ConsentChange,
  ConsentChoice,
  ConsentIntegration,
  ConsentMode,
  ConsentOptions,
  ConsentReceipt,
  ConsentStatus,
  ConsentTexts,
  ConsentTopics,
  PurposeConfig,
  ResolvedConsentOptions,
} from './consent/consent.ts';
export { type Cmp, type ConsentFromOptions, consentFrom } from './consent/consentFrom.ts';
export { createConsent } from './consent/createConsent.ts';
export { type GateTagsOptions, gateTags } from './consent/gateTags.ts';
export type { BatchOptions, Delivery } from './delivery/courier.ts';
export type { RequestHeaders, SendResult } from './delivery/transport.ts';
export {
  addToCart,
  addToWishlist,
  beginCheckout,
  type CommerceData,
  type CommerceItem,
  type OrderData,
  purchase,
  refund,
  removeFromCart,
  viewCart,
  viewItem,
} from './events/commerce.ts';
export { experiment } from './events/experiment.ts';
export { hash } from './events/hash.ts';
export { conversion, interaction, type PerformanceData, performance } from './events/moments.ts';
export type { TrackerLike } from './events/sendTo.ts';
export type { BeforeSend, ScrubOptions, TrackerOptions } from './options.ts';
export type { Totals } from './outbox/counters.ts';
export { type DurableOutboxOptions, durableOutbox } from './outbox/durableOutbox.ts';
export { type MemoryOutboxOptions, memoryOutbox } from './outbox/memoryOutbox.ts';
export type {
  BatchLimits,
  Counters,
  DeliveryPromise,
  DropReason,
  Outbox,
  OutboxBatch,
  OutboxContext,
  OutboxFactory,
  OutboxStats,
  SealedEvent,
  Settlement,
} from './outbox/outbox.ts';
export type { Clock } from './platform/clock.ts';
export type { Guard } from './platform/guard.ts';
export type { Listen } from './platform/listen.ts';
export type { PrivacyMode } from './privacy/describeContext.ts';
export type { ConsentRecord, ConsentSource, Purpose } from './protocol/consent.ts';
export type { BeaconEvent, ConsentState, Counts, Json, Page, Rejection, StampedEvent } from './protocol/event.ts';
export { type AttributionOptions, attribution, type Touch } from './session/attribution.ts';
export { bots } from './session/bots.ts';
export type { Enricher, EnricherContext } from './session/enricher.ts';
export { type LinkerOptions, linker } from './session/linker.ts';
export { oncePerSession } from './session/oncePerSession.ts';
export type { EnterOptions, Pages } from './session/pages.ts';
export { type SamplingOptions, sampling } from './session/sampling.ts';
export type { SessionOptions } from './session/session.ts';
export { createTracker } from './tracker.ts';
export type { Wire, WireBatch } from './wires/wire.ts';
