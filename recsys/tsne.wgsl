// Exact t-SNE, an iteration in four kernels: repulsion of all pairs without storing them, its totals,
// attraction along the edges of the affinities or by all of them, and the move. Positions have rows up to a multiple of
// four; those past n lie so far away (`FAR` in tsne.ts) that their pull on others is zero in f32.
struct Params {
    n: u32,             // points
    rows: u32,          // n rounded up to a multiple of four
    parts: u32,         // in how many sums the repulsion of a point is made
    exaggeration: f32,  // factor of the affinities
    momentum: f32,
    learning_rate: f32,
}

// repel
@group(0) @binding(0) var<storage, read> pairs: array<vec4f>;               // [rows / 2] two points each
@group(0) @binding(1) var<storage, read_write> partial: array<vec4f>;       // [parts, rows] x, y, z, 0
// total
@group(0) @binding(0) var<storage, read> positions: array<vec2f>;           // [rows]
@group(0) @binding(1) var<storage, read> repulsion: array<vec4f>;           // [parts, rows]
@group(0) @binding(2) var<storage, read_write> totals: array<vec4f>;        // [1] sum of x, y, z, 0
// attract and cost
@group(0) @binding(1) var<storage, read> offsets: array<u32>;               // [n + 1]
@group(0) @binding(2) var<storage, read> edges: array<vec2u>;               // [m] neighbour, bits of p
@group(0) @binding(3) var<storage, read_write> attraction: array<vec2f>;    // [rows]
@group(0) @binding(3) var<storage, read_write> costs: array<f32>;           // [n]
// attract_all
@group(0) @binding(1) var<storage, read> p: array<vec4f>;                   // [rows, rows / 4]
@group(0) @binding(2) var<storage, read_write> attraction_pairs: array<vec4f>; // [rows / 2]
// move_points
@group(0) @binding(0) var<storage, read> all_repulsion: array<vec4f>;       // [parts, rows]
@group(0) @binding(1) var<storage, read> all_totals: array<vec4f>;          // [1]
@group(0) @binding(2) var<storage, read> all_attraction: array<vec2f>;      // [rows]
@group(0) @binding(3) var<storage, read_write> moved: array<vec2f>;         // [rows]
@group(0) @binding(4) var<storage, read_write> velocities: array<vec2f>;    // [n]
@group(0) @binding(5) var<storage, read_write> gains: array<vec2f>;         // [n]
@group(1) @binding(0) var<uniform> params: Params;

// Student's t with one degree of freedom, not normalised, at a displacement.
fn weights(dx: vec4f, dy: vec4f) -> vec4f {
    return vec4f(1.0) / fma(dx, dx, fma(dy, dy, vec4f(1.0)));
}

// Four points a thread, against a part of all points: four loads make sixteen pairs. A point meets
// itself with a weight of 1, which `total` takes off, and no displacement.
@compute @workgroup_size(64)
fn repel(
    @builtin(workgroup_id) workgroup: vec3u,
    @builtin(num_workgroups) workgroups: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let thread = thread_index(workgroup, workgroups, local, 64u);
    let quads = params.rows / 4u;
    if (thread >= quads * params.parts) { return; }
    let quad = thread % quads;
    let part = thread / quads;
    let first = pairs[2u * quad];
    let second = pairs[2u * quad + 1u];
    let x = vec4f(first.xz, second.xz);
    let y = vec4f(first.yw, second.yw);
    let span = (quads + params.parts - 1u) / params.parts;
    var force_x = vec4f();
    var force_y = vec4f();
    var z = vec4f();
    for (var other = part * span; other < min((part + 1u) * span, quads); other++) {
        let a = pairs[2u * other];
        let b = pairs[2u * other + 1u];
        let x0 = x - a.x;
        let y0 = y - a.y;
        let w0 = weights(x0, y0);
        let x1 = x - a.z;
        let y1 = y - a.w;
        let w1 = weights(x1, y1);
        let x2 = x - b.x;
        let y2 = y - b.y;
        let w2 = weights(x2, y2);
        let x3 = x - b.z;
        let y3 = y - b.w;
        let w3 = weights(x3, y3);
        z += (w0 + w1) + (w2 + w3);
        let s0 = w0 * w0;
        let s1 = w1 * w1;
        let s2 = w2 * w2;
        let s3 = w3 * w3;
        force_x = fma(s0, x0, fma(s1, x1, fma(s2, x2, fma(s3, x3, force_x))));
        force_y = fma(s0, y0, fma(s1, y1, fma(s2, y2, fma(s3, y3, force_y))));
    }
    let at = part * params.rows + 4u * quad;
    partial[at] = vec4f(force_x.x, force_y.x, z.x, 0.0);
    partial[at + 1u] = vec4f(force_x.y, force_y.y, z.y, 0.0);
    partial[at + 2u] = vec4f(force_x.z, force_y.z, z.z, 0.0);
    partial[at + 3u] = vec4f(force_x.w, force_y.w, z.w, 0.0);
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
fn attract(
    @builtin(workgroup_id) workgroup: vec3u,
    @builtin(num_workgroups) workgroups: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let i = thread_index(workgroup, workgroups, local, 64u);
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

// The same from affinities of all pairs, four points a thread. They are symmetric: what row j has at
// these points is what they have at j, and neighbouring threads read it side by side. Padding is zero.
@compute @workgroup_size(64)
fn attract_all(
    @builtin(workgroup_id) workgroup: vec3u,
    @builtin(num_workgroups) workgroups: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let quad = thread_index(workgroup, workgroups, local, 64u);
    let quads = params.rows / 4u;
    if (quad >= quads) { return; }
    let first = pairs[2u * quad];
    let second = pairs[2u * quad + 1u];
    let x = vec4f(first.xz, second.xz);
    let y = vec4f(first.yw, second.yw);
    var force_x = vec4f();
    var force_y = vec4f();
    for (var other = 0u; other < params.rows / 2u; other++) {
        let a = pairs[other];
        let x0 = x - a.x;
        let y0 = y - a.y;
        let s0 = p[2u * other * quads + quad] * weights(x0, y0);
        let x1 = x - a.z;
        let y1 = y - a.w;
        let s1 = p[(2u * other + 1u) * quads + quad] * weights(x1, y1);
        force_x = fma(s0, x0, fma(s1, x1, force_x));
        force_y = fma(s0, y0, fma(s1, y1, force_y));
    }
    attraction_pairs[2u * quad] = vec4f(force_x.x, force_y.x, force_x.y, force_y.y);
    attraction_pairs[2u * quad + 1u] = vec4f(force_x.z, force_y.z, force_x.w, force_y.w);
}

// The part of the divergence that depends on distances: the sum of p log(1 + d²) over a point's edges.
@compute @workgroup_size(64)
fn cost(
    @builtin(workgroup_id) workgroup: vec3u,
    @builtin(num_workgroups) workgroups: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let i = thread_index(workgroup, workgroups, local, 64u);
    if (i >= params.n) { return; }
    let here = positions[i];
    let end = offsets[i + 1u];
    var sum = 0.0;
    for (var e = offsets[i]; e < end; e++) {
        let edge = edges[e];
        let d = here - positions[edge.x];
        sum = fma(bitcast<f32>(edge.y), log(1.0 + dot(d, d)), sum);
    }
    costs[i] = sum;
}

// Gradient, gains, velocity and position of a point. The mean of the positions before the move is
// taken off: where they lie changes nothing, but near the origin f32 is finest.
@compute @workgroup_size(64)
fn move_points(
    @builtin(workgroup_id) workgroup: vec3u,
    @builtin(num_workgroups) workgroups: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let i = thread_index(workgroup, workgroups, local, 64u);
    if (i >= params.n) { return; }
    var repelled = vec2f();
    for (var part = 0u; part < params.parts; part++) {
        repelled += all_repulsion[part * params.rows + i].xy;
    }
    let sum = all_totals[0];
    let gradient = 4.0 * (params.exaggeration * all_attraction[i] - repelled / sum.z);
    let before = velocities[i];
    let same = (gradient > vec2f()) == (before > vec2f());
    let gain = max(select(gains[i] + 0.2, 0.8 * gains[i], same), vec2f(0.01));
    let velocity = params.momentum * before - params.learning_rate * gain * gradient;
    gains[i] = gain;
    velocities[i] = velocity;
    moved[i] += velocity - sum.xy / f32(params.n);
}
