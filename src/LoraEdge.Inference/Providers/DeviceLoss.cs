namespace LoraEdge.Inference;

/// <summary>Tells a device that is gone from inputs that do not fit, by what ONNX Runtime says.</summary>
internal static class DeviceLoss
{
    // DXGI_ERROR_DEVICE_REMOVED, _HUNG, _RESET and DRIVER_INTERNAL_ERROR; cudaErrorLaunchFailure and others after which a context is
    // of no use any more (CUDA driver API, CUresult; CUDA runtime API, cudaError_t).
    private static readonly string[] s_signs =
    [
        "887A0005", "887A0006", "887A0007", "887A0020", "device was removed", "device removed",
        "CUDA failure 46:", "CUDA failure 100:", "CUDA failure 214:", "CUDA failure 700:", "CUDA failure 709:", "CUDA failure 716:", "CUDA failure 719:", "CUDA failure 999:",
        "unspecified launch failure", "CUDA_ERROR_DEVICE_UNAVAILABLE",
    ];

    /// <summary>Whether a message of ONNX Runtime says that the device is gone.</summary>
    public static bool IsMeantBy(string message) => s_signs.Any(sign => message.IndexOf(sign, StringComparison.OrdinalIgnoreCase) >= 0);
}
