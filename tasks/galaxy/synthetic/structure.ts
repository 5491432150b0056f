/**
 * What a synthetic galaxy is made of, before anyone looks at it. Lengths are in units of R90, the
 * radius that holds 90 % of the Petrosian light in the red band; angles in radians; light as a share
 * of the whole.
 *
 * @module
 */
import { fold, type Key } from "../../../gpu/random.ts";
import { clamp, Draws } from "../../study/draws.ts";

const KINDS = ["elliptical", "lenticular", "spiral", "irregular", "artifact"] as const;

/** The kinds of object. */
export type GalaxyKind = (typeof KINDS)[number];

/** Shares of the kinds. */
const KIND_SHARES = [0.34, 0.13, 0.46, 0.06, 0.01];

/** Above this inclination, in degrees, a disk is drawn edge-on with a height. */
const EDGE_ON_INCLINATION = 80;

/** Light in g and i for one unit of light in r. */
export interface Colour {
  readonly g: number;
  readonly i: number;
}

/** The colour of two colour indices, in magnitudes. */
export function colourOf(gMinusR: number, rMinusI: number): Colour {
  return { g: 10 ** (-0.4 * gMinusR), i: 10 ** (0.4 * rMinusI) };
}

/** A spheroid after Sersic: I = exp(-b (s / radius)^(1/n)). */
export interface Bulge {
  readonly n: number;
  /** Half-light radius. */
  readonly radius: number;
  readonly q: number;
  /** Turn of the isophotes per e-fold of radius. */
  readonly twist: number;
  /** 0 elliptical isophotes, above 0 boxy. */
  readonly boxiness: number;
}

/** A disk: I = exp(-(s / scale)^(1/n)), cut off softly. */
export interface Disk {
  readonly scale: number;
  readonly n: number;
  readonly cut: number;
  /** Height of sech² light when seen edge-on; 0 when seen at an angle. */
  readonly height: number;
}

/** Logarithmic spiral arms in the plane of the disk. */
export interface Arms {
  readonly count: number;
  /** Angle between arm and circle. */
  readonly pitch: number;
  readonly phase: number;
  /** 1 or -1. */
  readonly sense: number;
  /** Brightness of the crest over the disk's, times the disk's. */
  readonly contrast: number;
  /** How narrow: exponent of exp(sharpness (cos - 1)). */
  readonly sharpness: number;
  /** Where the arms start. */
  readonly start: number;
  /** Wander of the phase, by ln r from `WANDER_START` in steps of `WANDER_STEP`; empty for none. */
  readonly wander: Float64Array;
}

/** First ln(r / R90) of the arms' wander. */
export const WANDER_START = -3;

/** Step of ln r in the arms' wander. */
export const WANDER_STEP = 0.1;

/** A bar in the plane of the disk. */
export interface Bar {
  readonly share: number;
  readonly length: number;
  readonly q: number;
  readonly angle: number;
}

/** A ring in the plane of the disk. */
export interface Ring {
  readonly radius: number;
  readonly width: number;
  /** Crest over the disk's brightness there. */
  readonly contrast: number;
}

/** A knot of young stars, as a Gaussian in the plane. */
export interface Clump {
  readonly x: number;
  readonly y: number;
  readonly sigma: number;
  readonly share: number;
}

/** A second galaxy, on the sky. */
export interface Companion extends Pick<Bulge, "n" | "radius" | "q"> {
  readonly x: number;
  readonly y: number;
  readonly angle: number;
  /** Light, in units of the main galaxy's. */
  readonly ratio: number;
}

/** Two opened arms far out. */
export type Tails = Pick<Arms, "pitch" | "phase" | "sense" | "contrast">;

/** A wave of the smooth displacement field of a disturbed galaxy. */
export interface Wave {
  readonly kx: number;
  readonly ky: number;
  readonly phase: number;
  readonly dx: number;
  readonly dy: number;
}

/** An arc of a lensed background galaxy, on the sky. */
export interface Arc {
  readonly radius: number;
  readonly width: number;
  readonly angle: number;
  readonly halfLength: number;
  readonly share: number;
}

/** Dust in the plane of a disk seen edge-on. */
export interface Dust {
  readonly depth: number;
  readonly height: number;
  readonly offset: number;
}

/** Everything that is drawn of a galaxy. */
export interface GalaxyStructure {
  readonly kind: GalaxyKind;
  /** Direction of the long axis. */
  readonly angle: number;
  /** Axis ratio of the disk, of the spheroid where there is no disk. */
  readonly q: number;
  /** Share of the light in the bulge. */
  readonly bulgeShare: number;
  readonly bulge: Bulge;
  readonly disk?: Disk;
  readonly arms?: Arms;
  readonly bar?: Bar;
  readonly ring?: Ring;
  readonly clumps: readonly Clump[];
  readonly companion?: Companion;
  readonly tails?: Tails;
  readonly waves: readonly Wave[];
  /** Brightness of one side over the other, 0 to 0.5. */
  readonly lopsided: number;
  readonly arc?: Arc;
  readonly dust?: Dust;
  /** What stands in the galaxy's place or over it. */
  readonly artifact?: "star" | "trail" | "band";
  readonly colours: { readonly bulge: Colour; readonly disk: Colour; readonly young: Colour };
}

/** Sersic's b so that the radius holds half of the light; Ciotti and Bertin 1999, leading terms. */
export function sersicB(n: number): number {
  return 2 * n - 1 / 3 + 0.009876 / n;
}

/** Steps of the radial sums, in equal steps of ln r from 0.002 to 40. */
const RADIAL_STEPS = 160;

/** Light of a profile that depends on the radius only: the integral of 2 pi r I(r). */
export function radialLight(profile: (r: number) => number): number {
  let sum = 0;
  const step = Math.log(20_000) / RADIAL_STEPS;
  for (let k = 0; k < RADIAL_STEPS; k++) {
    const r = 0.002 * Math.exp((k + 0.5) * step);
    sum += profile(r) * r * r * step;
  }
  return 2 * Math.PI * sum;
}

/** R90 of a round profile: 90 % of the light within two Petrosian radii (eta = 0.2). */
export function petrosianR90(profile: (r: number) => number): number {
  const step = Math.log(20_000) / RADIAL_STEPS;
  const light = new Float64Array(RADIAL_STEPS + 1);
  const radius = (k: number) => 0.002 * Math.exp(k * step);
  let petrosian = RADIAL_STEPS;
  for (let k = 0; k < RADIAL_STEPS; k++) {
    const r = radius(k + 0.5);
    light[k + 1] = light[k] + 2 * Math.PI * profile(r) * r * r * step;
    const mean = light[k + 1] / (Math.PI * radius(k + 1) ** 2);
    if (petrosian === RADIAL_STEPS && k > 40 && profile(radius(k + 1)) < 0.2 * mean) petrosian = k;
  }
  const end = Math.min(RADIAL_STEPS, petrosian + Math.round(Math.log(2) / step));
  const wanted = 0.9 * light[end];
  let k = 0;
  while (light[k] < wanted) k++;
  return radius(k);
}

/** The bulge's brightness at a radius along its long axis; 1 at the centre. */
export function bulgeProfile(bulge: Bulge, s: number): number {
  return Math.exp(-sersicB(bulge.n) * (s / bulge.radius) ** (1 / bulge.n));
}

/** The disk's brightness at a radius along its long axis; 1 at the centre. */
export function diskProfile(disk: Disk, s: number): number {
  const x = s / disk.scale;
  const soft = 1 / (1 + Math.exp((s - disk.cut) / (0.12 * disk.cut)));
  return soft * Math.exp(-(disk.n === 1 ? x : x ** (1 / disk.n)));
}

/** Draws a galaxy. */
export function drawStructure(key: Key): GalaxyStructure {
  const kind = KINDS[new Draws(fold(key, "kind")).choose(KIND_SHARES)];
  const body = drawBody(kind, new Draws(fold(key, "body")));
  const features = drawFeatures(kind, body, key);
  return { ...body, ...features, kind, ...drawOddities(kind, body, new Draws(fold(key, "odd"))) };
}

/** The smooth parts of a galaxy. */
type Body = Pick<
  GalaxyStructure,
  "angle" | "q" | "bulgeShare" | "bulge" | "disk" | "colours"
>;

function drawBody(kind: GalaxyKind, draws: Draws): Body {
  const angle = draws.uniform(0, 2 * Math.PI);
  const raw = kind === "elliptical" || kind === "artifact"
    ? drawSpheroid(draws)
    : drawDisked(kind, draws);
  const { bulge, disk, bulgeShare, q } = raw;
  const bulgeLight = radialLight((r) => bulgeProfile(bulge, r));
  const diskLight = disk ? radialLight((r) => diskProfile(disk, r)) : 1;
  const profile = (r: number) =>
    bulgeShare * bulgeProfile(bulge, r) / bulgeLight +
    (disk ? (1 - bulgeShare) * diskProfile(disk, r) / diskLight : 0);
  // Apertures are round: those of a flat galaxy end within its long axis.
  const unit = petrosianR90(profile) * Math.sqrt((1 + q * q) / 2);
  return {
    angle,
    q,
    bulgeShare,
    bulge: { ...bulge, radius: bulge.radius / unit },
    disk: disk && {
      ...disk,
      scale: disk.scale / unit,
      cut: disk.cut / unit,
      height: disk.height / unit,
    },
    colours: drawColours(kind, bulgeShare, draws),
  };
}

type RawBody = Omit<Body, "colours" | "angle">;

function drawSpheroid(draws: Draws): RawBody {
  const q = Math.max(0.3, 1 - Math.abs(draws.normal(0, 0.34)));
  const n = draws.uniform(1.4, 4.2);
  const twist = draws.uniform(-0.1, 0.1);
  return { q, bulgeShare: 1, bulge: { n, radius: 1, q, twist, boxiness: draws.uniform(0, 0.15) } };
}

function drawDisked(kind: GalaxyKind, draws: Draws): RawBody {
  const inclination = Math.acos(draws.uniform());
  const thickness = draws.uniform(0.1, 0.2);
  const flat = Math.cos(inclination) ** 2;
  const q = Math.sqrt(flat * (1 - thickness ** 2) + thickness ** 2);
  const bulgeShare = kind === "lenticular"
    ? draws.beta(4, 5)
    : kind === "spiral"
    ? draws.beta(1.6, 6)
    : draws.beta(1, 12);
  const edgeOn = inclination > EDGE_ON_INCLINATION * Math.PI / 180;
  const height = draws.uniform(0.07, 0.2);
  const boxiness = edgeOn && draws.chance(0.12) ? draws.uniform(0.6, 1.2) : 0;
  return {
    q,
    bulgeShare,
    bulge: {
      n: draws.uniform(1, 4),
      radius: draws.uniform(0.1, kind === "lenticular" ? 0.6 : 0.4),
      q: edgeOn ? draws.uniform(0.6, 0.95) : 1 - 0.45 * (1 - q),
      twist: 0,
      boxiness,
    },
    disk: {
      scale: 1,
      n: kind === "irregular" ? draws.uniform(0.5, 1) : 1,
      cut: draws.uniform(3, 5),
      height: edgeOn ? Math.hypot(height, Math.cos(inclination)) : 0,
    },
  };
}

function drawColours(kind: GalaxyKind, share: number, draws: Draws): GalaxyStructure["colours"] {
  const age = draws.normal(); // one galaxy's colours lean the same way
  // A disk without young stars is nearly as red as its bulge, whatever its shape.
  const old = kind === "lenticular" ? 0.2 : kind === "spiral" ? 0.25 * share : 0;
  const bulgeGr = draws.normal(0.77, 0.07) + 0.05 * age - (draws.chance(0.1) ? 0.3 : 0);
  const blue = kind === "irregular" ? -0.14 : 0;
  const diskGr = draws.normal(0.37 + old + blue, 0.05) + 0.12 * age;
  const bulge = colourOf(bulgeGr, 0.38 * bulgeGr + 0.06 + draws.normal(0, 0.03));
  const disk = colourOf(diskGr, 0.42 * diskGr + 0.06 + draws.normal(0, 0.03));
  return { bulge, disk, young: colourOf(diskGr - 0.25, 0.42 * diskGr - 0.09) };
}

type Features = Pick<GalaxyStructure, "arms" | "bar" | "ring" | "clumps">;

function drawFeatures(kind: GalaxyKind, body: Body, key: Key): Features {
  const { disk } = body;
  if (!disk) return { clumps: [] };
  const clumps = drawClumps(kind, disk, new Draws(fold(key, "clumps")));
  if (disk.height > 0 || kind === "irregular") return { clumps: clumps.free };
  const bar = drawBar(kind, disk, new Draws(fold(key, "bar")));
  const ring = drawRing(disk, new Draws(fold(key, "ring")));
  if (kind !== "spiral") return { bar, ring, clumps: [] };
  const arms = drawArms(body, disk, bar, new Draws(fold(key, "arms")));
  return { bar, ring, arms, clumps: clumps.along(arms) };
}

/** Chances of one to six arms. */
const ARM_SHARES = [0.06, 0.62, 0.17, 0.08, 0.04, 0.03];

/** Brightness of the crests over the disk at full contrast. */
const ARM_GAIN = 3.6;

function drawArms(body: Body, disk: Disk, bar: Bar | undefined, draws: Draws): Arms {
  const flocculent = draws.chance(0.3);
  const count = 1 + draws.choose(ARM_SHARES);
  const degrees = clamp(draws.normal(21 - 16 * body.bulgeShare, 7), 7, 45);
  return {
    count,
    pitch: degrees * Math.PI / 180,
    phase: bar ? bar.angle * count : draws.uniform(0, 2 * Math.PI),
    sense: draws.chance(0.5) ? 1 : -1,
    contrast: ARM_GAIN * draws.beta(2.2, 1.6) * (flocculent ? 0.75 : 1),
    sharpness: draws.uniform(1, 5),
    start: bar ? bar.length : 0.6 * disk.scale,
    wander: flocculent ? drawWander(draws, draws.uniform(0.4, 1.1)) : new Float64Array(0),
  };
}

/** An Ornstein-Uhlenbeck walk in ln r with a correlation length of 0.3. */
function drawWander(draws: Draws, deviation: number): Float64Array {
  const keep = Math.exp(-WANDER_STEP / 0.3);
  const walk = new Float64Array(40);
  walk[0] = draws.normal(0, deviation);
  for (let i = 1; i < walk.length; i++) {
    walk[i] = keep * walk[i - 1] + draws.normal(0, deviation * Math.sqrt(1 - keep * keep));
  }
  return walk;
}

/** The arms' phase at a radius, in the plane; crests lie where count x angle equals it. */
export function armPhase(arms: Arms, logRadius: number): number {
  const turn = arms.sense * arms.count * logRadius / Math.tan(arms.pitch) + arms.phase;
  if (arms.wander.length === 0) return turn;
  const last = arms.wander.length - 1;
  const at = clamp((logRadius - WANDER_START) / WANDER_STEP, 0, last - 1e-9);
  const below = Math.floor(at);
  const part = at - below;
  return turn + arms.wander[below] * (1 - part) + arms.wander[below + 1] * part;
}

function drawBar(kind: GalaxyKind, disk: Disk, draws: Draws): Bar | undefined {
  if (!draws.chance(kind === "spiral" ? 0.38 : 0.2)) return undefined;
  return {
    share: 0.05 + 0.3 * draws.beta(2, 2),
    length: draws.uniform(0.8, 2) * disk.scale,
    q: draws.uniform(0.2, 0.42),
    angle: draws.uniform(0, Math.PI),
  };
}

function drawRing(disk: Disk, draws: Draws): Ring | undefined {
  if (!draws.chance(0.1)) return undefined;
  const radius = draws.uniform(1, 2.3) * disk.scale;
  return {
    radius,
    width: draws.uniform(0.08, 0.2) * radius,
    contrast: 3 * draws.beta(2.5, 1.5),
  };
}

/** Clumps of an irregular galaxy or an edge-on disk, or knots along given arms. */
function drawClumps(kind: GalaxyKind, disk: Disk, draws: Draws) {
  const edgeOn = disk.height > 0;
  const irregular = kind === "irregular";
  const count = Math.floor(irregular ? draws.uniform(6, 40) : draws.uniform(0, edgeOn ? 8 : 30));
  const all = irregular ? draws.uniform(0.1, 0.5) : draws.uniform(0, edgeOn ? 0.05 : 0.1);
  const raw = Array.from({ length: count }, () => ({
    r: disk.scale * (draws.uniform(0.3, 1.8) + draws.uniform(0, 1.2)),
    angle: draws.uniform(0, 2 * Math.PI),
    jitter: draws.normal(0, 0.25),
    sigma: disk.scale * draws.uniform(0.06, irregular ? 0.22 : 0.12),
    light: (1 - draws.uniform(0, 0.97)) ** -0.7, // a power law of exponent -2.4
  }));
  const sum = raw.reduce((total, { light }) => total + light, 0) || 1;
  type Raw = (typeof raw)[number];
  const clump = ({ r, sigma, light }: Raw, angle: number): Clump => ({
    x: r * Math.cos(angle),
    y: edgeOn ? 0.15 * disk.height * Math.sin(angle) : r * Math.sin(angle),
    sigma,
    share: all * light / sum,
  });
  return {
    free: raw.map((one) => clump(one, one.angle)),
    along: (arms: Arms) =>
      raw.map((one) => {
        const arm = Math.floor(one.angle / (2 * Math.PI) * arms.count);
        const crest = (armPhase(arms, Math.log(one.r)) + 2 * Math.PI * arm) / arms.count;
        return clump(one, crest + one.jitter);
      }),
  };
}

type Oddities = Pick<
  GalaxyStructure,
  "companion" | "tails" | "waves" | "lopsided" | "arc" | "dust" | "artifact"
>;

function drawOddities(kind: GalaxyKind, body: Body, draws: Draws): Oddities {
  if (kind === "artifact") {
    const artifact = (["star", "trail", "band"] as const)[draws.choose([0.6, 0.2, 0.2])];
    return { waves: [], lopsided: 0, artifact };
  }
  const merger = draws.chance(0.04);
  const disturbed = merger || draws.chance(kind === "irregular" ? 0.5 : 0.05);
  const late = kind === "spiral" || kind === "irregular";
  const strength = draws.uniform(0.3, 1);
  return {
    companion: merger ? drawCompanion(draws) : undefined,
    tails: merger && draws.chance(0.6) ? drawTails(draws) : undefined,
    waves: disturbed ? drawWaves(draws, strength) : [],
    lopsided: disturbed ? 0.5 * strength : late ? 0.12 * Math.abs(draws.normal()) : 0,
    arc: draws.chance(0.002) ? drawArc(draws) : undefined,
    dust: body.disk && body.disk.height > 0 && draws.chance(0.45)
      ? drawDust(draws, body.disk)
      : undefined,
  };
}

function drawCompanion(draws: Draws): Companion {
  const distance = draws.uniform(0.45, 1.6);
  const angle = draws.uniform(0, 2 * Math.PI);
  return {
    x: distance * Math.cos(angle),
    y: distance * Math.sin(angle),
    n: draws.uniform(1, 3.5),
    radius: draws.uniform(0.12, 0.35),
    q: draws.uniform(0.4, 1),
    angle: draws.uniform(0, Math.PI),
    ratio: 10 ** draws.uniform(-0.9, 0),
  };
}

function drawTails(draws: Draws): Tails {
  return {
    pitch: draws.uniform(30, 60) * Math.PI / 180,
    phase: draws.uniform(0, 2 * Math.PI),
    sense: draws.chance(0.5) ? 1 : -1,
    contrast: draws.uniform(0.3, 1),
  };
}

function drawWaves(draws: Draws, strength: number): Wave[] {
  return Array.from({ length: 3 }, () => ({
    kx: draws.normal(0, 2.2),
    ky: draws.normal(0, 2.2),
    phase: draws.uniform(0, 2 * Math.PI),
    dx: draws.normal(0, 0.12 * strength),
    dy: draws.normal(0, 0.12 * strength),
  }));
}

function drawArc(draws: Draws): Arc {
  return {
    radius: draws.uniform(0.6, 1.2),
    width: draws.uniform(0.04, 0.08),
    angle: draws.uniform(0, 2 * Math.PI),
    halfLength: draws.uniform(20, 70) * Math.PI / 180,
    share: draws.uniform(0.04, 0.15),
  };
}

function drawDust(draws: Draws, disk: Disk): Dust {
  return {
    depth: draws.uniform(0.5, 3),
    height: 0.3 * disk.height,
    offset: draws.normal(0, 0.3) * disk.height,
  };
}
