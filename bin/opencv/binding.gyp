# Replaces the package's own list, which compiles the binding of every module of OpenCV: binding.cc has those that the source process needs.
{
  "targets": [
    {
      "target_name": "opencv4nodejs",
      "sources": ["binding.cc"],
      # The first one says which modules there are; the others would be taken from Debian's list.
      "include_dirs": [
        "include",
        "/usr/include/opencv4",
        "cc",
        "cc/core",
        "cc/native-node-utils",
        "<!(node -e \"require('nan')\")"
      ],
      # The work is done in OpenCV's own libraries: this is glue, and compiles in less time so.
      "cflags!": ["-O3"],
      "cflags_cc!": ["-fno-rtti", "-fno-exceptions"],
      "cflags_cc": ["-O1", "-w"],
      "libraries": ["-lopencv_core", "-lopencv_imgproc", "-lopencv_imgcodecs", "-lopencv_videoio", "-lopencv_highgui"]
    }
  ]
}
