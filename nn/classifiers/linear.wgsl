// Sums over rows that the value and the gradient of a linear classifier are made of. A workgroup
// takes a block of 32 rows: their scores, their losses, and at once, while the rows are in the cache,
// their share of the gradient. Rows end in a constant 1, for the intercept, and in zeros up to vec4.
// `left` is the rows, [n, width], and `right` the weights, [width].
struct Params {
    n: u32,        // rows
    width: u32,    // vec4 a row
    blocks: u32,
    first: u32,    // sum_blocks: where the first sum goes
    parts: u32,    // sum_blocks: sums, each of at most 32 blocks
    logistic: u32, // 1: logistic loss, 0: squared hinge
}

@group(0) @binding(2) var<storage, read> signs: array<f32>; // [n]
// A row a block: width vec4 of the gradient, then one whose first number is the loss.
@group(0) @binding(3) var<storage, read_write> partials4: array<vec4f>;
@group(0) @binding(0) var<storage, read> addends4: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> sums4: array<vec4f>;
@group(1) @binding(0) var<uniform> params: Params;

const BLOCK = 32u;
const BLOCKS_A_PART = 32u;

var<workgroup> lane_scores: array<vec4f, 512>; // [quad of rows 8][lane 64]
var<workgroup> piece_scores: array<vec4f, 64>; // [quad of rows 8][eight lanes 8]
var<workgroup> factors: array<vec4f, 8>;       // derivatives of the losses by the scores
var<workgroup> losses: array<vec4f, 8>;

fn across(value: vec4f) -> f32 {
    return (value.x + value.y) + (value.z + value.w);
}

// Rows past the end repeat the last one; their factors and losses are zero.
fn start_of(row: u32) -> u32 {
    return min(row, params.n - 1u) * params.width;
}

// The lane's share of the scores of eight rows.
fn score_eight(row: u32, quad: u32, local: u32) {
    let at0 = start_of(row);
    let at1 = start_of(row + 1u);
    let at2 = start_of(row + 2u);
    let at3 = start_of(row + 3u);
    let at4 = start_of(row + 4u);
    let at5 = start_of(row + 5u);
    let at6 = start_of(row + 6u);
    let at7 = start_of(row + 7u);
    var s0 = vec4f();
    var s1 = vec4f();
    var s2 = vec4f();
    var s3 = vec4f();
    var s4 = vec4f();
    var s5 = vec4f();
    var s6 = vec4f();
    var s7 = vec4f();
    for (var i = local; i < params.width; i += 64u) {
        let w = right_vec4(i);
        s0 = fma(left_vec4(at0 + i), w, s0);
        s1 = fma(left_vec4(at1 + i), w, s1);
        s2 = fma(left_vec4(at2 + i), w, s2);
        s3 = fma(left_vec4(at3 + i), w, s3);
        s4 = fma(left_vec4(at4 + i), w, s4);
        s5 = fma(left_vec4(at5 + i), w, s5);
        s6 = fma(left_vec4(at6 + i), w, s6);
        s7 = fma(left_vec4(at7 + i), w, s7);
    }
    lane_scores[quad * 64u + local] = vec4f(across(s0), across(s1), across(s2), across(s3));
    lane_scores[(quad + 1u) * 64u + local] = vec4f(across(s4), across(s5), across(s6), across(s7));
}

fn sum_piece(local: u32) -> vec4f {
    var sum = vec4f();
    for (var i = 0u; i < 8u; i++) { sum += lane_scores[8u * local + i]; }
    return sum;
}

// Signs of four rows, 0 past the end.
fn signs_of(row: u32) -> vec4f {
    let last = params.n - 1u;
    let four = vec4f(
        signs[min(row, last)],
        signs[min(row + 1u, last)],
        signs[min(row + 2u, last)],
        signs[min(row + 3u, last)],
    );
    return select(vec4f(), four, vec4u(row) + vec4u(0u, 1u, 2u, 3u) < vec4u(params.n));
}

fn judge_four(row: u32, quad: u32) {
    var score = vec4f();
    for (var i = 0u; i < 8u; i++) { score += piece_scores[8u * quad + i]; }
    let sign = signs_of(row);
    let margin = sign * score;
    var loss = vec4f();
    var slope = vec4f();
    if (params.logistic == 1u) {
        let small = exp(-abs(margin));
        loss = select(vec4f(), -margin, margin < vec4f()) + log(1.0 + small);
        // -1 / (1 + exp(margin)), without overflow.
        slope = -select(vec4f(1.0), small, margin > vec4f()) / (1.0 + small);
    } else {
        let violation = select(vec4f(), 1.0 - margin, margin < vec4f(1.0));
        loss = violation * violation;
        slope = -2.0 * violation;
    }
    losses[quad] = abs(sign) * loss;
    factors[quad] = sign * slope;
}

@compute @workgroup_size(64)
fn evaluate(workgroup: Workgroup, @builtin(local_invocation_index) local: u32) {
    let block = workgroup_index(workgroup);
    let row = block * BLOCK;
    for (var quad = 0u; quad < 8u; quad += 2u) { score_eight(row + 4u * quad, quad, local); }
    workgroupBarrier();
    piece_scores[local] = sum_piece(local);
    workgroupBarrier();
    if (local < 8u) { judge_four(row + 4u * local, local); }
    workgroupBarrier();
    if (block >= params.blocks) { return; }
    let out = block * (params.width + 1u);
    for (var i = local; i < params.width; i += 64u) {
        var sum = vec4f();
        for (var quad = 0u; quad < 8u; quad++) {
            let four = factors[quad];
            let at = row + 4u * quad;
            sum = fma(vec4f(four.x), left_vec4(start_of(at) + i), sum);
            sum = fma(vec4f(four.y), left_vec4(start_of(at + 1u) + i), sum);
            sum = fma(vec4f(four.z), left_vec4(start_of(at + 2u) + i), sum);
            sum = fma(vec4f(four.w), left_vec4(start_of(at + 3u) + i), sum);
        }
        partials4[out + i] = sum;
    }
    if (local == 0u) {
        var loss = vec4f();
        for (var quad = 0u; quad < 8u; quad++) { loss += losses[quad]; }
        partials4[out + params.width] = vec4f(across(loss), 0.0, 0.0, 0.0);
    }
}

@compute @workgroup_size(64)
fn sum_blocks(invocation: Invocation) {
    let at = thread_index(invocation);
    let stride = params.width + 1u;
    let part = at / stride;
    if (part >= params.parts) { return; }
    let end = min((part + 1u) * BLOCKS_A_PART, params.blocks);
    var sum = vec4f();
    for (var block = part * BLOCKS_A_PART; block < end; block++) {
        sum += addends4[block * stride + at % stride];
    }
    sums4[params.first * stride + at] = sum;
}
