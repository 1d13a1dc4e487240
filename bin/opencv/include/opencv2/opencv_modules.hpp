// In place of OpenCV's own header of this name: the modules whose binding is compiled. The package ties reading video to highgui.
#define HAVE_OPENCV_CORE
#define HAVE_OPENCV_IMGPROC
#define HAVE_OPENCV_IMGCODECS
#define HAVE_OPENCV_VIDEOIO
#define HAVE_OPENCV_HIGHGUI
