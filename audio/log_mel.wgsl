// Mel bands of power spectra, on a logarithmic scale.
struct Params {
    rows: u32,   // frames of all clips
    t: u32,      // frames a clip
    q: u32,      // bins
    bands: u32,
    decibels: u32,    // 1: decibels in place of ln(1 + C S)
    compression: f32, // C
    least: f32,       // powers below it count as this, for decibels
    range: f32,       // decibels that a clip keeps below its largest value
}

@group(0) @binding(0) var<storage, read> power: array<f32>;
// The triangles one behind the other, without their zeros.
@group(0) @binding(1) var<storage, read> weights: array<f32>;
// Of each band: its first bin, where its weights begin, and where they end.
@group(0) @binding(2) var<storage, read> spans: array<u32>;
@group(0) @binding(3) var<storage, read_write> result: array<f32>;
// The largest value of each clip.
@group(0) @binding(0) var<storage, read> largest: array<f32>;
@group(0) @binding(1) var<storage, read_write> levels: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

fn on_scale(sums: vec4f) -> vec4f {
    let decibels = 10.0 / log(10.0) * log(max(sums, vec4f(params.least)));
    return select(log(1.0 + params.compression * sums), decibels, params.decibels == 1u);
}

fn keep(row: u32, band: u32, value: f32) {
    if (row < params.rows) { result[row * params.bands + band] = value; }
}

// A band of four frames a thread: a weight is read once for the four.
@compute @workgroup_size(64)
fn mel(invocation: Invocation) {
    let at = thread_index(invocation);
    let row = at / params.bands * 4u;
    if (row >= params.rows) { return; }
    let band = at % params.bands;
    let start = spans[3u * band];
    let first = spans[3u * band + 1u];
    let end = spans[3u * band + 2u];
    let last = params.rows - 1u;
    // Where bin `start` of each frame lies; frames that are not there stand for the last.
    let places = min(vec4u(row) + vec4u(0u, 1u, 2u, 3u), vec4u(last)) * params.q + vec4u(start);
    var sums = vec4f();
    for (var i = first; i < end; i++) {
        let bin = places + vec4u(i - first);
        sums += weights[i] * vec4f(power[bin.x], power[bin.y], power[bin.z], power[bin.w]);
    }
    let values = on_scale(sums);
    keep(row, band, values.x);
    keep(row + 1u, band, values.y);
    keep(row + 2u, band, values.z);
    keep(row + 3u, band, values.w);
}

// Raises what lies further below the largest value of its clip than the range.
@compute @workgroup_size(64)
fn limit_range(invocation: Invocation) {
    let at = thread_index(invocation);
    if (at >= params.rows * params.bands) { return; }
    let clip = at / (params.t * params.bands);
    levels[at] = max(levels[at], largest[clip] - params.range);
}
