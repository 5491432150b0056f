// Exact t-SNE, an iteration in four kernels: repulsion of all pairs without storing them, its totals,
// attraction along the edges of the affinities, and the move; or in three, where the affinities of all
// pairs attract in the loop that repels. Positions have rows up to a multiple of eight; those past n lie
// so far away (`FAR` in tsne.ts) that their pull on others is zero in f32.
// `left` is the positions, two points each vec4; `right` is the affinities of repel_and_attract and
// cost_all in blocks of eight quads of points, [blocks, rows, 8].
struct Params {
    n: u32,             // points
    rows: u32,          // n rounded up to a multiple of eight
    parts: u32,         // in how many sums the repulsion of a point is made
    exaggeration: f32,  // factor of the affinities
    momentum: f32,
    learning_rate: f32,
    attraction_parts: u32, // in how many sums the attraction of a point is made
}

// repel
@group(0) @binding(1) var<storage, read_write> partial: array<vec4f>;       // [parts, rows] x, y, z, 0
// total
@group(0) @binding(0) var<storage, read> positions: array<vec2f>;           // [rows]
@group(0) @binding(1) var<storage, read> repulsion: array<vec4f>;           // [parts, rows]
@group(0) @binding(2) var<storage, read_write> totals: array<vec4f>;        // [1] sum of x, y, z, 0
// attract and cost
@group(0) @binding(1) var<storage, read> offsets: array<u32>;               // [n + 1]
@group(0) @binding(2) var<storage, read> edges: array<vec2u>;               // [m] neighbour, bits of p
@group(0) @binding(3) var<storage, read_write> attraction: array<vec2f>;    // [rows]
@group(0) @binding(3) var<storage, read_write> costs: array<f32>;           // [rows]
// repel_and_attract, and cost_all
@group(0) @binding(2) var<storage, read_write> both_repulsion: array<vec4f>; // [parts, rows]
@group(0) @binding(3) var<storage, read_write> both_attraction: array<vec2f>; // [parts, rows]
@group(0) @binding(2) var<storage, read_write> all_costs: array<f32>;       // [rows]
// move_points
@group(0) @binding(0) var<storage, read> all_repulsion: array<vec4f>;       // [parts, rows]
@group(0) @binding(1) var<storage, read> all_totals: array<vec4f>;          // [1]
@group(0) @binding(2) var<storage, read> all_attraction: array<vec2f>;      // [attraction_parts, rows]
@group(0) @binding(3) var<storage, read_write> moved: array<vec2f>;         // [rows]
@group(0) @binding(4) var<storage, read_write> velocities: array<vec2f>;    // [n]
@group(0) @binding(5) var<storage, read_write> gains: array<vec2f>;         // [n]
@group(1) @binding(0) var<uniform> params: Params;

// Student's t with one degree of freedom, not normalised, at a displacement.
fn weights(dx: vec4f, dy: vec4f) -> vec4f {
    return vec4f(1.0) / fma(dx, dx, fma(dy, dy, vec4f(1.0)));
}

struct Quad { x: vec4f, y: vec4f }

// The positions of four points.
fn quad_at(quad: u32) -> Quad {
    let first = left_vec4(2u * quad);
    let second = left_vec4(2u * quad + 1u);
    return Quad(vec4f(first.xz, second.xz), vec4f(first.yw, second.yw));
}

// What four points do to four others: force, and sum of weights.
struct Push { x: vec4f, y: vec4f, z: vec4f }

fn pushed(sum: Push, here: Quad, others: Quad) -> Push {
    let x0 = here.x - others.x.x;
    let y0 = here.y - others.y.x;
    let w0 = weights(x0, y0);
    let x1 = here.x - others.x.y;
    let y1 = here.y - others.y.y;
    let w1 = weights(x1, y1);
    let x2 = here.x - others.x.z;
    let y2 = here.y - others.y.z;
    let w2 = weights(x2, y2);
    let x3 = here.x - others.x.w;
    let y3 = here.y - others.y.w;
    let w3 = weights(x3, y3);
    let s0 = w0 * w0;
    let s1 = w1 * w1;
    let s2 = w2 * w2;
    let s3 = w3 * w3;
    return Push(
        fma(s0, x0, fma(s1, x1, fma(s2, x2, fma(s3, x3, sum.x)))),
        fma(s0, y0, fma(s1, y1, fma(s2, y2, fma(s3, y3, sum.y)))),
        sum.z + ((w0 + w1) + (w2 + w3)),
    );
}

fn store_push(push: Push, at: u32) {
    partial[at] = vec4f(push.x.x, push.y.x, push.z.x, 0.0);
    partial[at + 1u] = vec4f(push.x.y, push.y.y, push.z.y, 0.0);
    partial[at + 2u] = vec4f(push.x.z, push.y.z, push.z.z, 0.0);
    partial[at + 3u] = vec4f(push.x.w, push.y.w, push.z.w, 0.0);
}

// Eight points a thread, against a part of all points: what costs is loads, and two make 32 pairs. A
// point meets itself with a weight of 1, which `total` takes off, and no displacement.
@compute @workgroup_size(64)
fn repel(invocation: Invocation) {
    let thread = thread_index(invocation);
    let octets = params.rows / 8u;
    if (thread >= octets * params.parts) { return; }
    let octet = thread % octets;
    let part = thread / octets;
    let here = quad_at(2u * octet);
    let there = quad_at(2u * octet + 1u);
    let quads = params.rows / 4u;
    let span = (quads + params.parts - 1u) / params.parts;
    var push_here = Push();
    var push_there = Push();
    for (var other = part * span; other < min((part + 1u) * span, quads); other++) {
        let others = quad_at(other);
        push_here = pushed(push_here, here, others);
        push_there = pushed(push_there, there, others);
    }
    let at = part * params.rows + 8u * octet;
    store_push(push_here, at);
    store_push(push_there, at + 4u);
}

var<workgroup> sums: array<vec4f, 64>;

// One workgroup: the sum of all weights but those of a point with itself, and of the positions.
@compute @workgroup_size(64)
fn total(@builtin(local_invocation_index) local: u32) {
    var sum = vec4f();
    for (var i = local; i < params.n; i += 64u) {
        var z = -1.0;
        for (var part = 0u; part < params.parts; part++) {
            z += repulsion[part * params.rows + i].z;
        }
        sum += vec4f(positions[i], z, 0.0);
    }
    sums[local] = sum;
    for (var stride = 32u; stride > 0u; stride /= 2u) {
        workgroupBarrier();
        if (local < stride) { sums[local] += sums[local + stride]; }
    }
    if (local == 0u) { totals[0] = sums[0]; }
}

// One point a thread, its edges in their order.
@compute @workgroup_size(64)
fn attract(invocation: Invocation) {
    let i = thread_index(invocation);
    if (i >= params.n) { return; }
    let here = positions[i];
    let end = offsets[i + 1u];
    var force = vec2f();
    for (var e = offsets[i]; e < end; e++) {
        let edge = edges[e];
        let d = here - positions[edge.x];
        force = fma(vec2f(bitcast<f32>(edge.y) / (1.0 + dot(d, d))), d, force);
    }
    attraction[i] = force;
}

// The affinities of row `other` at the points of a quad. A block of eight quads has all rows one after
// the other, so that lanes side by side, which is how far the software device goes at a time, read on.
fn affinity(quad: u32, other: u32) -> vec4f {
    return right_vec4((quad / 8u * params.rows + other) * 8u + quad % 8u);
}

struct Pull { x: vec4f, y: vec4f }

// The compiler takes the weights of the same pairs from `pushed`.
fn pulled(sum: Pull, quad: u32, here: Quad, other: u32, others: Quad) -> Pull {
    let x0 = here.x - others.x.x;
    let y0 = here.y - others.y.x;
    let s0 = affinity(quad, 4u * other) * weights(x0, y0);
    let x1 = here.x - others.x.y;
    let y1 = here.y - others.y.y;
    let s1 = affinity(quad, 4u * other + 1u) * weights(x1, y1);
    let x2 = here.x - others.x.z;
    let y2 = here.y - others.y.z;
    let s2 = affinity(quad, 4u * other + 2u) * weights(x2, y2);
    let x3 = here.x - others.x.w;
    let y3 = here.y - others.y.w;
    let s3 = affinity(quad, 4u * other + 3u) * weights(x3, y3);
    return Pull(
        fma(s0, x0, fma(s1, x1, fma(s2, x2, fma(s3, x3, sum.x)))),
        fma(s0, y0, fma(s1, y1, fma(s2, y2, fma(s3, y3, sum.y)))),
    );
}

// `repel` with the attraction of affinities of all pairs, four points a thread. They are symmetric: what
// row j has at these points is what they have at j. Padding is zero.
@compute @workgroup_size(64)
fn repel_and_attract(invocation: Invocation) {
    let thread = thread_index(invocation);
    let quads = params.rows / 4u;
    if (thread >= quads * params.parts) { return; }
    let quad = thread % quads;
    let part = thread / quads;
    let here = quad_at(quad);
    let span = (quads + params.parts - 1u) / params.parts;
    var push = Push();
    var pull = Pull();
    for (var other = part * span; other < min((part + 1u) * span, quads); other++) {
        let others = quad_at(other);
        push = pushed(push, here, others);
        pull = pulled(pull, quad, here, other, others);
    }
    let at = part * params.rows + 4u * quad;
    both_repulsion[at] = vec4f(push.x.x, push.y.x, push.z.x, 0.0);
    both_repulsion[at + 1u] = vec4f(push.x.y, push.y.y, push.z.y, 0.0);
    both_repulsion[at + 2u] = vec4f(push.x.z, push.y.z, push.z.z, 0.0);
    both_repulsion[at + 3u] = vec4f(push.x.w, push.y.w, push.z.w, 0.0);
    both_attraction[at] = vec2f(pull.x.x, pull.y.x);
    both_attraction[at + 1u] = vec2f(pull.x.y, pull.y.y);
    both_attraction[at + 2u] = vec2f(pull.x.z, pull.y.z);
    both_attraction[at + 3u] = vec2f(pull.x.w, pull.y.w);
}

// The part of the divergence that depends on distances: the sum of p log(1 + d²) over a point's edges.
@compute @workgroup_size(64)
fn cost(invocation: Invocation) {
    let i = thread_index(invocation);
    if (i >= params.rows) { return; }
    let here = positions[i];
    var sum = 0.0;
    if (i < params.n) {
        let end = offsets[i + 1u];
        for (var e = offsets[i]; e < end; e++) {
            let edge = edges[e];
            let d = here - positions[edge.x];
            sum = fma(bitcast<f32>(edge.y), log(1.0 + dot(d, d)), sum);
        }
    }
    costs[i] = sum;
}

// The same from affinities of all pairs, four points a thread.
@compute @workgroup_size(64)
fn cost_all(invocation: Invocation) {
    let quad = thread_index(invocation);
    if (quad >= params.rows / 4u) { return; }
    let here = quad_at(quad);
    var sum = vec4f();
    for (var other = 0u; other < params.rows / 2u; other++) {
        let pair = left_vec4(other);
        let x0 = here.x - pair.x;
        let y0 = here.y - pair.y;
        let x1 = here.x - pair.z;
        let y1 = here.y - pair.w;
        let cost0 = log(fma(x0, x0, fma(y0, y0, vec4f(1.0))));
        let cost1 = log(fma(x1, x1, fma(y1, y1, vec4f(1.0))));
        sum = fma(affinity(quad, 2u * other), cost0, sum);
        sum = fma(affinity(quad, 2u * other + 1u), cost1, sum);
    }
    all_costs[4u * quad] = sum.x;
    all_costs[4u * quad + 1u] = sum.y;
    all_costs[4u * quad + 2u] = sum.z;
    all_costs[4u * quad + 3u] = sum.w;
}

// Gradient, gains, velocity and position of a point. The mean of the positions before the move is
// taken off: where they lie changes nothing, but near the origin f32 is finest.
@compute @workgroup_size(64)
fn move_points(invocation: Invocation) {
    let i = thread_index(invocation);
    if (i >= params.n) { return; }
    var repelled = vec2f();
    for (var part = 0u; part < params.parts; part++) {
        repelled += all_repulsion[part * params.rows + i].xy;
    }
    var attracted = vec2f();
    for (var part = 0u; part < params.attraction_parts; part++) {
        attracted += all_attraction[part * params.rows + i];
    }
    let sum = all_totals[0];
    let gradient = 4.0 * (params.exaggeration * attracted - repelled / sum.z);
    let before = velocities[i];
    let same = (gradient > vec2f()) == (before > vec2f());
    let gain = max(select(gains[i] + 0.2, 0.8 * gains[i], same), vec2f(0.01));
    let velocity = params.momentum * before - params.learning_rate * gain * gradient;
    gains[i] = gain;
    velocities[i] = velocity;
    moved[i] += velocity - sum.xy / f32(params.n);
}
