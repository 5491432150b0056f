// Sums, maxima and their places, in a fixed order. A row is `d` elements; rows lie one after the
// other in `size` elements, and only the last row may be cut short by the end.
struct Params {
    n: u32,       // rows
    d: u32,       // elements a row
    size: u32,    // elements in all
    chunk: u32,   // rows a part, when the sum goes down the columns
    squares: u32, // 1: square the elements first
    root: u32,    // 1: take the root of the result
    factor: f32,  // on the result
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(0) var<storage, read> x4: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> result: array<f32>;
@group(0) @binding(1) var<storage, read_write> result4: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> place: array<u32>;
@group(1) @binding(0) var<uniform> params: Params;

// A lane adds runs of this many terms and then the runs, so that rounding does not pile up.
const RUN = 16u;

var<workgroup> lane_sum: array<f32, 64>;
var<workgroup> lane_value: array<f32, 64>;
var<workgroup> lane_place: array<u32, 64>;

fn term(value: vec4f) -> vec4f {
    return select(value, value * value, params.squares != 0u);
}

fn finished(sum: f32) -> f32 {
    return params.factor * select(sum, sqrt(sum), params.root != 0u);
}

// Pairwise over the lanes. All lanes call it.
fn sum_of_lanes(local: u32, mine: f32) -> f32 {
    lane_sum[local] = mine;
    workgroupBarrier();
    for (var stride = 32u; stride > 0u; stride /= 2u) {
        if (local < stride) { lane_sum[local] += lane_sum[local + stride]; }
        workgroupBarrier();
    }
    return lane_sum[0];
}

// ---- A row a thread ------------------------------------------------------------------------------

@compute @workgroup_size(64)
fn sum_short(invocation: Invocation) {
    let row = thread_index(invocation);
    if (row >= params.n) { return; }
    var sum = 0.0;
    for (var run = 0u; run < params.d; run += RUN) {
        var part = 0.0;
        for (var i = run; i < min(run + RUN, params.d); i++) {
            part += term(vec4f(x[row * params.d + i])).x;
        }
        sum += part;
    }
    result[row] = finished(sum);
}

// ---- A row a workgroup ---------------------------------------------------------------------------

@compute @workgroup_size(64)
fn sum_long(workgroup: Workgroup, @builtin(local_invocation_index) local: u32) {
    let row = workgroup_index(workgroup);
    let start = row * params.d;
    let count = select(0u, min(params.d, params.size - start), row < params.n);
    var sum = 0.0;
    for (var run = local; run < count; run += 64u * RUN) {
        var part = 0.0;
        for (var i = run; i < min(run + 64u * RUN, count); i += 64u) {
            part += term(vec4f(x[start + i])).x;
        }
        sum += part;
    }
    let all = sum_of_lanes(local, sum);
    if (local == 0u && row < params.n) { result[row] = finished(all); }
}

// d is a multiple of 4; the tail of a row that is cut short is masked.
@compute @workgroup_size(64)
fn sum_long4(workgroup: Workgroup, @builtin(local_invocation_index) local: u32) {
    let row = workgroup_index(workgroup);
    let start = row * params.d;
    let count = select(0u, min(params.d, params.size - start), row < params.n);
    let quads = (count + 3u) / 4u;
    var sum = vec4f();
    for (var run = local; run < quads; run += 64u * RUN) {
        var part = vec4f();
        for (var i = run; i < min(run + 64u * RUN, quads); i += 64u) {
            let inside = vec4u(4u * i) + vec4u(0u, 1u, 2u, 3u) < vec4u(count);
            part += select(vec4f(), term(x4[start / 4u + i]), inside);
        }
        sum += part;
    }
    let all = sum_of_lanes(local, (sum.x + sum.y) + (sum.z + sum.w));
    if (local == 0u && row < params.n) { result[row] = finished(all); }
}

// ---- The largest element and its place: the first on ties ----------------------------------------

struct Best { value: f32, place: u32 }

// The largest of elements first, first + step, … of a row.
fn best_of(row: u32, first: u32, step: u32) -> Best {
    let start = row * params.d;
    var best = Best(x[start + first], first);
    for (var i = first + step; i < params.d; i += step) {
        let value = x[start + i];
        if (value > best.value) { best = Best(value, i); }
    }
    return best;
}

// Lanes without an element of their own repeat the last one.
fn best_of_lanes(row: u32, local: u32) -> Best {
    let mine = best_of(row, min(local, params.d - 1u), 64u);
    lane_value[local] = mine.value;
    lane_place[local] = mine.place;
    workgroupBarrier();
    for (var stride = 32u; stride > 0u; stride /= 2u) {
        if (local < stride) {
            let value = lane_value[local + stride];
            let place = lane_place[local + stride];
            let before = value == lane_value[local] && place < lane_place[local];
            if (value > lane_value[local] || before) {
                lane_value[local] = value;
                lane_place[local] = place;
            }
        }
        workgroupBarrier();
    }
    return Best(lane_value[0], lane_place[0]);
}

@compute @workgroup_size(64)
fn max_short(invocation: Invocation) {
    let row = thread_index(invocation);
    if (row < params.n) { result[row] = best_of(row, 0u, 1u).value; }
}

@compute @workgroup_size(64)
fn argmax_short(invocation: Invocation) {
    let row = thread_index(invocation);
    if (row < params.n) { place[row] = best_of(row, 0u, 1u).place; }
}

@compute @workgroup_size(64)
fn max_long(workgroup: Workgroup, @builtin(local_invocation_index) local: u32) {
    let row = workgroup_index(workgroup);
    let best = best_of_lanes(min(row, params.n - 1u), local);
    if (local == 0u && row < params.n) { result[row] = best.value; }
}

@compute @workgroup_size(64)
fn argmax_long(workgroup: Workgroup, @builtin(local_invocation_index) local: u32) {
    let row = workgroup_index(workgroup);
    let best = best_of_lanes(min(row, params.n - 1u), local);
    if (local == 0u && row < params.n) { place[row] = best.place; }
}

// ---- Down the columns: a part of the rows and a column (or four) a thread ------------------------

@compute @workgroup_size(64)
fn sum_columns(invocation: Invocation) {
    let i = thread_index(invocation);
    let first = (i / params.d) * params.chunk;
    if (first >= params.n) { return; }
    let column = i % params.d;
    var sum = 0.0;
    for (var row = first; row < min(first + params.chunk, params.n); row++) {
        sum += x[row * params.d + column];
    }
    result[i] = sum;
}

@compute @workgroup_size(64)
fn sum_columns4(invocation: Invocation) {
    let i = thread_index(invocation);
    let width = params.d / 4u;
    let first = (i / width) * params.chunk;
    if (first >= params.n) { return; }
    let column = i % width;
    var sum = vec4f();
    for (var row = first; row < min(first + params.chunk, params.n); row++) {
        sum += x4[row * width + column];
    }
    result4[i] = sum;
}
