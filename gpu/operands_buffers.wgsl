// The two operands of a product, read from storage buffers: for cards. `operands_texels.wgsl` has the
// same functions for the software driver; a kernel is concatenated with one of the two.
@group(0) @binding(0) var<storage, read> left_vectors: array<vec4f>;
@group(0) @binding(0) var<storage, read> left_scalars: array<f32>;
@group(0) @binding(1) var<storage, read> right_vectors: array<vec4f>;
@group(0) @binding(1) var<storage, read> right_scalars: array<f32>;

fn left_vec4(i: u32) -> vec4f {
    return left_vectors[i];
}

fn left_scalar(i: u32) -> f32 {
    return left_scalars[i];
}

fn right_vec4(i: u32) -> vec4f {
    return right_vectors[i];
}

fn right_scalar(i: u32) -> f32 {
    return right_scalars[i];
}
